namespace ArtSimilarity.Onnx.Extraction;

/// <summary>
/// The functions that a model defines and what they call. ONNX Runtime expands every call, so that a few functions that call one
/// another twice make a model of any size.
/// </summary>
internal sealed class OnnxFunctions
{
    /// <summary>The graph itself, which no node can call.</summary>
    public static readonly (string Domain, string Name) Model = ("", "");

    /// <summary>No chain of calls in a real model is nearly as long; each call takes room on the stack.</summary>
    private const int LongestChain = 100;

    private const long Endless = long.MaxValue / 4;

    private readonly Dictionary<(string Domain, string Name), Dictionary<(string Domain, string Name), int>> _calls = [];
    private Dictionary<(string Domain, string Name), int> _current = [];

    /// <summary>Whether there is any function.</summary>
    public bool Any => _calls.Keys.Any(function => function != Model);

    /// <summary>The operators of the model with every call expanded.</summary>
    public long ExpandedCount => _calls.ContainsKey(Model) ? Count(Model, [], 0) : 0;

    /// <summary>What is added from now on is in this function.</summary>
    public void Begin((string Domain, string Name) function)
    {
        if (!_calls.TryGetValue(function, out Dictionary<(string Domain, string Name), int>? calls))
        {
            _calls.Add(function, calls = []);
        }

        _current = calls;
    }

    /// <summary>Adds a node: an operator, or the call of a function.</summary>
    public void Add((string Domain, string Name) operation) => _current[operation] = _current.GetValueOrDefault(operation) + 1;

    private long Count((string Domain, string Name) function, Dictionary<(string Domain, string Name), long> known, int depth)
    {
        if (depth > LongestChain)
        {
            return Endless;
        }

        if (known.TryGetValue(function, out long count))
        {
            return count;
        }

        known[function] = Endless; // until it is counted: a function that calls itself never ends
        foreach (((string Domain, string Name) operation, int times) in _calls[function])
        {
            long each = operation != Model && _calls.ContainsKey(operation) ? Count(operation, known, depth + 1) : 1;
            count = each >= Endless / times ? Endless : Math.Min(Endless, count + (each * times));
        }

        return known[function] = count;
    }
}
