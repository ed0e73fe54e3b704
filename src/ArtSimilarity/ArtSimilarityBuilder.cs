using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace ArtSimilarity;

/// <summary>Adds the parts of one gallery to a host's services. Every package brings its own extension methods for it.</summary>
public sealed class ArtSimilarityBuilder
{
    internal ArtSimilarityBuilder(IServiceCollection services, string? name) => (Services, Name) = (services, name);

    /// <summary>The services that parts are registered in.</summary>
    public IServiceCollection Services { get; }

    /// <summary>The name of the gallery, which is the key of its services; <see langword="null"/> for the gallery without a key.</summary>
    public string? Name { get; }

    /// <summary>
    /// Registers a singleton for this gallery: under the gallery's <see cref="Name"/> as its key, where it has one. A gallery with a name
    /// that has no decoder, extractor or index of its own takes those that are registered without a key.
    /// </summary>
    /// <typeparam name="TService">What the part is: a store, a decoder, an extractor, an index provider.</typeparam>
    /// <param name="create">Creates the part, when it is first needed. The container disposes it.</param>
    /// <returns>The same builder.</returns>
    public ArtSimilarityBuilder AddPart<TService>(Func<IServiceProvider, TService> create)
        where TService : class
    {
        ArgumentNullException.ThrowIfNull(create);
        if (Name is null)
        {
            Services.AddSingleton(create);
        }
        else
        {
            Services.AddKeyedSingleton(Name, (provider, _) => create(provider));
        }

        return this;
    }

    /// <summary>
    /// Registers the options of a part. Several calls compose: each changes what those before have left. The host checks the options when it
    /// starts, before anything is opened; without a host they are checked when the part is created.
    /// </summary>
    /// <typeparam name="TOptions">The options.</typeparam>
    /// <param name="configure">Changes them; <see langword="null"/> changes nothing.</param>
    /// <param name="validate">Throws an <see cref="ArgumentException"/> that says what is wrong with them.</param>
    /// <param name="name">The name of the options; <see langword="null"/> takes that of the gallery.</param>
    /// <returns>The options, for more to be added.</returns>
    public OptionsBuilder<TOptions> AddOptions<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicParameterlessConstructor)] TOptions>(
        Action<TOptions>? configure, Action<TOptions> validate, string? name = null)
        where TOptions : class
    {
        ArgumentNullException.ThrowIfNull(validate);
        name ??= OptionsName;
        OptionsBuilder<TOptions> options = Services.AddOptions<TOptions>(name).ValidateOnStart();
        if (configure is not null)
        {
            options.Configure(configure);
        }

        if (!Services.Any(service => !service.IsKeyedService && service.ImplementationInstance is OptionsCheck<TOptions> check && check.Name == name))
        {
            Services.AddSingleton<IValidateOptions<TOptions>>(new OptionsCheck<TOptions>(name, validate));
        }

        return options;
    }

    /// <summary>The checked options that were registered with <see cref="AddOptions"/>.</summary>
    /// <typeparam name="TOptions">The options.</typeparam>
    /// <param name="provider">The services.</param>
    /// <param name="name">The name they were registered with.</param>
    /// <returns>The options.</returns>
    /// <exception cref="OptionsValidationException">A value is out of range.</exception>
    public TOptions GetOptions<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicParameterlessConstructor)] TOptions>(IServiceProvider provider, string? name = null)
        where TOptions : class
    {
        ArgumentNullException.ThrowIfNull(provider);
        return provider.GetRequiredService<IOptionsMonitor<TOptions>>().Get(name ?? OptionsName);
    }

    private string OptionsName => Name ?? Options.DefaultName;
}
