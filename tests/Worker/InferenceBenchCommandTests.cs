using System.Text.Json;
using Syscribe.Inference.Gguf;
using Syscribe.Inference.LlamaCpp;
using Syscribe.Inference.Measure;

namespace Syscribe.Worker.Tests;

public sealed class InferenceBenchCommandTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("syscribe-bench-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task A_synthetic_model_is_written_and_measured_for_each_number_of_prompts()
    {
        Assert.SkipWhen(LlamaLibrary.Find() is null, LlamaLibrary.NotFound());
        var file = Path.Combine(_folder, "tiny.gguf");
        var (code, output, error) = await Cli.Run(
            "bench", "inference", "--synthetic", "tiny", "--type", "q8_0", "--out", file, "--parallel", "1,3", "--prompt-tokens", "160", "--seconds", "0.05", "--json");

        Assert.True(code == ExitCodes.Success, error);
        Assert.Equal(SyntheticModel.BytesOf("tiny", GgufType.Q8_0), new FileInfo(file).Length);
        var report = JsonDocument.Parse(output).RootElement;
        Assert.Equal(160, report.GetProperty("promptTokens").GetInt32());
        Assert.InRange(report.GetProperty("bytesPerSecond").GetDouble(), 1e8, 1e13);
        var points = report.GetProperty("points").EnumerateArray().ToArray();
        Assert.Equal([1, 3], points.Select(point => point.GetProperty("parallel").GetInt32()));
        foreach (var name in (string[])["prefillPerSecond", "decodePerSecond", "eventsPerSecond", "medianMs", "bandwidthRatio", "arithmeticRatio"])
        {
            Assert.All(points, point => Assert.True(point.GetProperty(name).GetDouble() > 0, name));
        }

        // The instruction is shared, the rest of a prompt is not.
        Assert.All(points, point => Assert.InRange(point.GetProperty("prefillTokensPerEvent").GetDouble(), 40, 159));
    }

    [Fact]
    public async Task A_model_of_ones_own_is_measured_and_left_and_people_get_a_table()
    {
        Assert.SkipWhen(LlamaLibrary.Find() is null, LlamaLibrary.NotFound());
        var file = Path.Combine(_folder, "own.gguf");
        SyntheticModel.Write(file, "tiny", GgufType.F32);
        var (code, output, error) = await Cli.Run(
            "bench", "inference", "--model", file, "--parallel", "2", "--prompt-tokens", "160", "--seconds", "0.05", "--bandwidth", "50", "--tflops", "0.5");

        Assert.True(code == ExitCodes.Success, error);
        Assert.Contains("limits: 50.0 GB/s, 500 GFLOP/s (given)", output, StringComparison.Ordinal);
        Assert.Matches(@"(?m)^\s+2\s+[\d,.]+\s+\d", output);
        Assert.True(File.Exists(file));
    }

    [Theory]
    [InlineData("--synthetic giant", "size giant: there are 13b, 7b, small, tiny", "--synthetic", "giant")]
    [InlineData("both", "exclude each other", "--synthetic", "tiny", "--model", "x.gguf")]
    [InlineData("--type", "--type q9: f16, q8_0 and f32 are allowed", "--synthetic", "tiny", "--type", "q9")]
    [InlineData("--parallel", "--parallel 0: numbers from 1 to 255", "--synthetic", "tiny", "--parallel", "4,0")]
    [InlineData("no model", "/nonexistent.gguf", "--model", "/nonexistent.gguf")]
    [InlineData("short prompt", "has no room for an event", "--synthetic", "tiny", "--prompt-tokens", "16", "--bandwidth", "1", "--tflops", "1")]
    public async Task What_is_wrong_is_named(string what, string message, params string[] args)
    {
        Assert.SkipWhen(what == "short prompt" && LlamaLibrary.Find() is null, LlamaLibrary.NotFound());
        var (code, _, error) = await Cli.Run(["bench", "inference", .. args]);

        Assert.True(code == ExitCodes.Usage, what);
        Assert.Contains(message, error, StringComparison.Ordinal);
    }
}
