using Syscribe.Testing;
using Syscribe.Training.Tests.Support;
using Syscribe.Training.Train;

namespace Syscribe.Training.Tests.Train;

public sealed class TrainProcessTests
{
    private static readonly string Program = Path.Combine(AppContext.BaseDirectory, "Syscribe.Training.dll");

    [Fact]
    public async Task Help_speaks_of_the_command() =>
        Assert.Contains("\n  syscribe-train train ", await ProgramRun.OutputAsync("dotnet", [Program, "train", "--help"], TimeSpan.FromMinutes(1)), StringComparison.Ordinal);

    [Fact]
    public async Task A_training_that_is_stopped_leaves_a_checkpoint()
    {
        using var folder = new TemporaryFolder();
        await ProgramRun.OutputAsync("dotnet", [Program, "data", "--examples", "300", "--test", "1", "--out", folder.File("data")], TimeSpan.FromMinutes(2));
        await using var training = ServerProcess.Start("dotnet", [Program, "train", "--data", folder.File("data"), "--steps", "1000000", "--checkpoint", folder.File("kept"), "--out", folder.File("model.gguf")]);
        await training.UntilAsync(() => Task.FromResult(training.Output.Contains("step 1/1000000", StringComparison.Ordinal)), TimeSpan.FromMinutes(2), "training begins");

        await training.StopAsync();

        Assert.Matches("Stopped after step [0-9]+ of 1000000; --resume goes on from here", training.Output);
        Assert.True(File.Exists(Path.Combine(folder.File("kept"), Checkpoint.FileName)));
    }
}
