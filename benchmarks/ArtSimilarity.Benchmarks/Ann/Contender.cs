using System.Diagnostics;
using System.Text.Json;

namespace ArtSimilarity.Benchmarks.Ann;

/// <summary>A program that serves one index, and the settings to try on it.</summary>
internal sealed class Contender : IDisposable
{
    private readonly Process _process;
    private readonly Func<int, IEnumerable<string>> _settings;

    public Contender(string program, IEnumerable<string> arguments, Func<int, IEnumerable<string>> settings)
    {
        _settings = settings;
        _process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardInput = true, RedirectStandardOutput = true })!;
    }

    public IEnumerable<(int K, string Setting)> Trials(IEnumerable<int> neighbors) => neighbors.SelectMany(k => _settings(k).Select(setting => (k, setting)));

    /// <summary>Answers all queries once more with a setting; the figures are of all rounds so far.</summary>
    public async Task<Measurement> MeasureAsync(int k, string setting)
    {
        await _process.StandardInput.WriteLineAsync(FormattableString.Invariant($"{k} {setting}"));
        await _process.StandardInput.FlushAsync();
        string line = await _process.StandardOutput.ReadLineAsync() ?? throw new InvalidOperationException($"{_process.StartInfo.FileName} ended before it answered k = {k}, setting '{setting}'.");
        return JsonSerializer.Deserialize<Measurement>(line, Figures.Json)!;
    }

    /// <summary>
    /// Measures all trials of all contenders, round after round, in turn, so that whatever else the machine does meets all of them
    /// alike: who has many settings has more turns, spread over the round.
    /// </summary>
    public static async Task<List<Measurement>> MeasureAllAsync(IReadOnlyList<Contender> contenders, IReadOnlyList<int> neighbors, int rounds)
    {
        var turns = contenders
            .SelectMany(contender =>
            {
                var trials = contender.Trials(neighbors).ToArray();
                return trials.Select((trial, place) => (Contender: contender, trial.K, trial.Setting, Moment: (place + 0.5) / trials.Length));
            })
            .OrderBy(turn => turn.Moment)
            .ToArray();
        List<Measurement> last = [];
        for (int round = 0; round < rounds; round++)
        {
            last.Clear();
            foreach (var (contender, k, setting, _) in turns)
            {
                last.Add(await contender.MeasureAsync(k, setting));
            }

            Console.Error.WriteLine($"round {round + 1} of {rounds} measured");
        }

        return last;
    }

    public void Dispose()
    {
        _process.StandardInput.Close();
        _process.WaitForExit();
        _process.Dispose();
    }
}
