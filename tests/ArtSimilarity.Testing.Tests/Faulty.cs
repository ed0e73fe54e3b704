using System.Reflection;

namespace ArtSimilarity.Testing.Tests;

/// <summary>A part that does what another does, but for one fault.</summary>
/// <typeparam name="T">The interface of the part.</typeparam>
public class Faulty<T> : DispatchProxy
    where T : class
{
    /// <summary>Does what the sound part does, with these arguments.</summary>
    public delegate object? Sound(params object?[] arguments);

    private T _sound = null!;
    private string _method = null!;
    private Func<object?[], Sound, object?> _fault = null!;

    /// <summary>Makes one.</summary>
    /// <param name="sound">The part that is without fault.</param>
    /// <param name="method">The method with the fault.</param>
    /// <param name="fault">Takes its place: is given the arguments and the sound method.</param>
    public static T Of(T sound, string method, Func<object?[], Sound, object?> fault)
    {
        T made = Create<T, Faulty<T>>();
        ((Faulty<T>)(object)made)._sound = sound;
        ((Faulty<T>)(object)made)._method = method;
        ((Faulty<T>)(object)made)._fault = fault;
        return made;
    }

    /// <inheritdoc/>
    protected override object? Invoke(MethodInfo? targetMethod, object?[]? args)
    {
        object? CallSound(params object?[] arguments) => targetMethod!.Invoke(_sound, BindingFlags.DoNotWrapExceptions, null, arguments, null);
        return targetMethod!.Name == _method ? _fault(args ?? [], CallSound) : CallSound(args ?? []);
    }
}
