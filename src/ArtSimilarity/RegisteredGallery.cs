using ArtSimilarity.Galleries;
using Microsoft.Extensions.DependencyInjection;

namespace ArtSimilarity;

/// <summary>A gallery that was registered in a host's services: <c>GetServices&lt;RegisteredGallery&gt;()</c> names all of them.</summary>
public sealed class RegisteredGallery
{
    internal RegisteredGallery(string? name) => Name = name;

    /// <summary>The name of the gallery, which is the key it was registered with; <see langword="null"/> for the one without a key.</summary>
    public string? Name { get; }

    /// <summary>Creates the gallery, or finds it where it was created before.</summary>
    /// <param name="provider">The host's services.</param>
    /// <returns>The gallery; the container disposes it.</returns>
    /// <exception cref="InvalidOperationException">The gallery lacks a part.</exception>
    public Gallery Resolve(IServiceProvider provider) =>
        Name is null ? provider.GetRequiredService<Gallery>() : provider.GetRequiredKeyedService<Gallery>(Name);
}
