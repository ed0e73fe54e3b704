using ArtSimilarity.Evaluation;
using ArtSimilarity.Tuning;

namespace ArtSimilarity.FastScan.Tuning;

/// <summary>Measures settings for one number of neighbours, and chooses among them.</summary>
internal sealed class NeighborTuning(SearchMeasuring<FastScanSearchSettings> measuring, KnownQueries queries, int k, int[] candidates)
{
    /// <summary>A row of the grid ends where some steps together bring next to nothing; one alone may do so by chance.</summary>
    private const int StepsWithoutGain = 4;

    private const double SmallestGain = 0.0001;

    private readonly Dictionary<FastScanSearchSettings, (Estimate Quality, Estimate Recall)> _qualities = [];
    private readonly Dictionary<FastScanSearchSettings, Estimate> _times = [];

    /// <summary>Measures the quality all over the grid.</summary>
    public void MeasureQualities(Action<double> report)
    {
        for (int i = 0; i < candidates.Length; i++)
        {
            List<double> qualities = [];
            foreach (int rescored in SettingsGrid.Rescored(candidates[i], k))
            {
                qualities.Add(QualityOf(new FastScanSearchSettings(candidates[i], rescored)).Value);
                if (qualities[^1] == 1 || (qualities.Count > StepsWithoutGain && qualities[^1] - qualities[^(StepsWithoutGain + 1)] < SmallestGain))
                {
                    break;
                }
            }

            report((i + 1.0) / candidates.Length);
        }
    }

    /// <summary>Measures the time where it can matter, and chooses.</summary>
    /// <param name="demanded">The quality to reach.</param>
    /// <param name="others">The queries to confirm the choice on.</param>
    /// <param name="report">Told how much is done, from 0 to 1.</param>
    public TuningResult<FastScanSearchSettings> Choose(double demanded, KnownQueries others, Action<double> report)
    {
        MeasureTimes([.. _qualities.Keys.Where(CanBeBest)], done => report(0.7 * done));
        List<SearchMeasurement<FastScanSearchSettings>> best = TuningPlan.Best(_times.Keys.Select(Measured));
        SearchMeasurement<FastScanSearchSettings>? chosen = TuningPlan.Choose(best, demanded);
        int rescored = (chosen ?? best[^1]).Settings.RescoredCandidates;
        FastScanSearchSettings[] curve = [.. candidates.Where(codes => codes >= rescored).Select(codes => new FastScanSearchSettings(codes, rescored))];
        MeasureTimes([.. curve.Where(settings => !_times.ContainsKey(settings))], done => report(0.7 + (0.2 * done)));
        SearchMeasurement<FastScanSearchSettings>? confirmed = chosen is SearchMeasurement<FastScanSearchSettings> choice ? measuring.Measure(others, k, choice.Settings) : null;
        report(1);
        return new TuningResult<FastScanSearchSettings> { K = k, Best = best, Chosen = chosen, Confirmed = confirmed, Curve = [.. curve.Select(Measured)] };
    }

    private Estimate QualityOf(FastScanSearchSettings settings)
    {
        if (!_qualities.TryGetValue(settings, out (Estimate Quality, Estimate Recall) measured))
        {
            _qualities.Add(settings, measured = measuring.Quality(queries, k, settings));
        }

        return measured.Quality;
    }

    /// <summary>Whether no settings that look at less are as good.</summary>
    private bool CanBeBest(FastScanSearchSettings settings)
    {
        double quality = QualityOf(settings).Lower;
        return !_qualities.Any(other =>
            other.Key != settings
            && other.Key.SearchCandidates <= settings.SearchCandidates
            && other.Key.RescoredCandidates <= settings.RescoredCandidates
            && other.Value.Quality.Lower >= quality);
    }

    private void MeasureTimes(FastScanSearchSettings[] settings, Action<double> report)
    {
        Estimate[] times = measuring.Milliseconds(queries, k, settings, report);
        for (int i = 0; i < settings.Length; i++)
        {
            _times.Add(settings[i], times[i]);
        }
    }

    private SearchMeasurement<FastScanSearchSettings> Measured(FastScanSearchSettings settings)
    {
        QualityOf(settings);
        (Estimate quality, Estimate recall) = _qualities[settings];
        return new SearchMeasurement<FastScanSearchSettings>(k, settings, quality, recall, _times[settings]);
    }
}
