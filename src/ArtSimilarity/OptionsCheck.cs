using Microsoft.Extensions.Options;

namespace ArtSimilarity;

/// <summary>Checks the options of one name by a method that throws when a value is wrong.</summary>
internal sealed class OptionsCheck<TOptions>(string name, Action<TOptions> validate) : IValidateOptions<TOptions>
    where TOptions : class
{
    public string Name => name;

    public ValidateOptionsResult Validate(string? name, TOptions options)
    {
        if (name != Name)
        {
            return ValidateOptionsResult.Skip;
        }

        try
        {
            validate(options);
            return ValidateOptionsResult.Success;
        }
        catch (ArgumentException e)
        {
            return ValidateOptionsResult.Fail(e.Message);
        }
    }
}
