using System.Globalization;
using System.Text;
using System.Text.Json;
using Syscribe.Inference.LlamaCpp;
using Syscribe.Inference.Measure;

namespace Syscribe.Worker.Commands;

/// <summary>What <c>syscribe bench inference</c> prints.</summary>
/// <param name="Path">The model's file.</param>
/// <param name="Options">How it ran.</param>
/// <param name="PromptTokens">Tokens of each prompt.</param>
/// <param name="Cost">What a token costs.</param>
/// <param name="Limits">What the machine can do.</param>
/// <param name="ResidentBytes">Resident memory of the process.</param>
/// <param name="GpuBytes">GPU memory taken.</param>
/// <param name="Points">What was measured.</param>
internal sealed record SpeedReport(
    string Path, LlamaModelOptions Options, int PromptTokens, ModelCost Cost, MachineLimits Limits, long ResidentBytes, long GpuBytes, IReadOnlyList<SpeedPoint> Points)
{
    private static readonly JsonSerializerOptions Form = new(JsonSerializerDefaults.Web) { WriteIndented = true };

    private static string Device => LlamaLibrary.Gpus() is [_, ..] gpus ? string.Join(", ", gpus) : "processor";

    public string ToJson() => JsonSerializer.Serialize(
        new
        {
            model = System.IO.Path.GetFileName(Path),
            device = Device,
            gpuLayers = Options.GpuLayers,
            threads = Options.Threads,
            promptTokens = PromptTokens,
            parameters = Cost.Parameters,
            fileBytes = Cost.FileBytes,
            kvBytesPerToken = Cost.KvBytesPerToken,
            residentBytes = ResidentBytes,
            gpuBytes = GpuBytes,
            bytesPerSecond = Limits.BytesPerSecond,
            flopsPerSecond = Limits.FlopsPerSecond,
            limits = Limits.Source,
            points = Points,
        },
        Form);

    public override string ToString()
    {
        var text = new StringBuilder();
        text.AppendLine(CultureInfo.InvariantCulture, $"{System.IO.Path.GetFileName(Path)}: {Cost.Parameters / 1e6:N1} M weights, {Cost.FileBytes / 1e6:N0} MB; {Device}, {Options.Threads} threads, {Options.GpuLayers} layers on a GPU");
        text.AppendLine(CultureInfo.InvariantCulture, $"prompts of {PromptTokens} tokens, {Cost.KvBytesPerToken / 1e3:N1} KB of cache a token; memory {ResidentBytes / 1e6:N0} MB resident, {GpuBytes / 1e6:N0} MB on GPUs");
        text.AppendLine(CultureInfo.InvariantCulture, $"limits: {Of(Limits.BytesPerSecond / 1e9)} GB/s, {Of(Limits.FlopsPerSecond / 1e9)} GFLOP/s ({Limits.Source})");
        text.AppendLine();
        text.AppendLine("parallel  prefill tok/s  of arithmetic  decode tok/s  of bandwidth  events/s  computed tok/event  median ms");
        foreach (var point in Points)
        {
            text.AppendLine(CultureInfo.InvariantCulture, $"{point.Parallel,8}{Of(point.PrefillPerSecond),15}{Share(point.ArithmeticRatio),15}{Of(point.DecodePerSecond),14}{Share(point.BandwidthRatio),14}{Of(point.EventsPerSecond),10}{point.PrefillTokensPerEvent,20:N0}{point.MedianMs,11:N1}");
        }

        if (Points.Any(point => point.BandwidthRatio > 1))
        {
            text.AppendLine("Over 100 %: the weights stay in the processor's cache, or the machine had more other work when its limits were measured.");
        }

        return text.ToString().TrimEnd();
    }

    private static string Of(double? value) => value?.ToString(value >= 100 ? "N0" : value >= 10 ? "N1" : "N2", CultureInfo.InvariantCulture) ?? "?";

    private static string Share(double? ratio) => ratio?.ToString("P1", CultureInfo.InvariantCulture) ?? "?";
}
