using ArtSimilarity.TestSupport;
using ArtSimilarity.Testing;
using Xunit;

namespace ArtSimilarity.Training.Tests;

/// <summary>
/// Training while the collector runs all the time. libtorch gets addresses of tensors, and one that nothing holds is freed while libtorch
/// reads it: the process ends without an exception. So this runs in a child process.
/// </summary>
[Collection(nameof(RunsAlone))]
public class CollectorTests
{
    private const string ChildVariable = "ARTSIM_COLLECTOR_CHILD";

    [Fact]
    public async Task Nothing_is_collected_that_libtorch_still_reads()
    {
        if (Environment.GetEnvironmentVariable(ChildVariable) is null)
        {
            await ChildProcess.RunAsync(typeof(CollectorTests), TestContext.Current.CancellationToken, (ChildVariable, "1"), ("DOTNET_TieredCompilation", "0")); // optimised code lets go of an object as soon as it was read
            return;
        }

        using var stop = new CancellationTokenSource();
        var collector = new Thread(() =>
        {
            while (!stop.IsCancellationRequested)
            {
                GC.Collect(0);
                GC.WaitForPendingFinalizers();
            }
        });
        collector.Start();
        try
        {
            for (int i = 0; i < 10; i++)
            {
                using var folder = new TemporaryFolder();
                TrainerTests.TrainShortly(folder);
                using Network network = Network.Load(folder["model.onnx"]);
                network.FoldBatchNormalization();
                network.Save(folder["again.onnx"]);
            }
        }
        finally
        {
            stop.Cancel();
            collector.Join();
        }
    }
}
