using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using Syscribe.Inference;
using Syscribe.Inference.Gguf;
using Syscribe.Inference.LlamaCpp;
using Syscribe.Inference.Measure;

namespace Syscribe.Worker.Commands;

/// <summary><c>syscribe bench inference</c></summary>
internal sealed class InferenceBenchCommand
{
    private readonly LlamaArguments _llama = new();

    private readonly Option<string?> _model = new("--model", "-m")
    {
        Description = "The model to measure, a GGUF file. Default: the one that comes with the program, if one does.", HelpName = "FILE",
    };

    private readonly Option<string?> _synthetic = new("--synthetic")
    {
        Description = $"Write a model of this shape with random weights and measure that: speed does not depend on their values. {string.Join(", ", SyntheticModel.Sizes)}: LLaMA 2's two, and two for a try.",
        HelpName = "SIZE",
    };

    private readonly Option<GgufType> _type = new("--type")
    {
        Description = "Number type of the synthetic model's weights: f16, q8_0 or f32.", HelpName = "TYPE",
        DefaultValueFactory = _ => GgufType.F16, CustomParser = ParseType,
    };

    private readonly Option<string?> _out = new("--out")
    {
        Description = "Where to write the synthetic model, and leave it. Default: the temporary folder, until the end.", HelpName = "FILE",
    };

    private readonly Option<int[]> _parallel = new("--parallel")
    {
        Description = "Prompts at a time: one number or several, joined by commas.", HelpName = "N,...",
        DefaultValueFactory = _ => [1, 4, 16], CustomParser = ParseParallel,
    };

    private readonly Option<int> _promptTokens = new("--prompt-tokens") { Description = "Tokens of each prompt.", HelpName = "N", DefaultValueFactory = _ => 128 };

    private readonly Option<int> _batchTokens = new("--batch-tokens")
    {
        Description = "Most tokens of one decode step.", HelpName = "N", DefaultValueFactory = _ => 512,
    };

    private readonly Option<double> _seconds = new("--seconds") { Description = "Time for each measurement.", HelpName = "N", DefaultValueFactory = _ => 3 };

    private readonly Option<double?> _bandwidth = new("--bandwidth")
    {
        Description = "The memory's speed in GB/s. Default: measured, or with --gpu-layers unknown.", HelpName = "X",
    };

    private readonly Option<double?> _teraflops = new("--tflops")
    {
        Description = "The arithmetic's speed in 10^12 operations a second. Default: measured, or with --gpu-layers unknown.", HelpName = "X",
    };

    private readonly Option<bool> _json = new("--json") { Description = "Print one JSON object." };

    public static Command Create()
    {
        var options = new InferenceBenchCommand();
        var command = new Command(
            "inference",
            "Prefill and decode tokens and events per second of a model against the number of prompts at a time, and what share of memory and arithmetic speed that is.");
        foreach (var option in (Option[])[options._model, options._synthetic, options._type, options._out, options._parallel, options._promptTokens, options._batchTokens,
            options._seconds, options._bandwidth, options._teraflops, options._json])
        {
            command.Add(option);
        }

        options._llama.AddTo(command);
        command.SetAction(options.RunAsync);
        return command;
    }

    private async Task<int> RunAsync(ParseResult parsed, CancellationToken stop)
    {
        var error = parsed.InvocationConfiguration.Error;
        var isKept = parsed.GetValue(_out) is not null || parsed.GetValue(_synthetic) is null;
        var path = ModelPath(parsed);
        try
        {
            if (parsed.GetValue(_synthetic) is { } size)
            {
                var type = parsed.GetValue(_type);
                error.WriteLine(string.Create(CultureInfo.InvariantCulture, $"writing {path}, {SyntheticModel.BytesOf(size, type) / 1e9:F2} GB"));
                SyntheticModel.Write(path, size, type);
            }

            await MeasureAsync(parsed, path, stop);
            return ExitCodes.Success;
        }
        catch (Exception e) when (ModelArguments.IsOfTheUser(e))
        {
            throw new UserErrorException(e.Message, e);
        }
        finally
        {
            if (!isKept)
            {
                File.Delete(path);
            }
        }
    }

    private string ModelPath(ParseResult parsed) => (parsed.GetValue(_model), parsed.GetValue(_synthetic)) switch
    {
        (not null, not null) => throw new UserErrorException("--model and --synthetic exclude each other: measure a file, or one that is written for it"),
        ({ } file, _) => file,
        (_, not null) => parsed.GetValue(_out) ?? Path.Combine(Path.GetTempPath(), $"syscribe-synthetic-{Guid.NewGuid():N}.gguf"),
        _ => ShippedModel.Path ?? throw new UserErrorException($"which model? --model FILE, or --synthetic {string.Join('|', SyntheticModel.Sizes)}"),
    };

    private async Task MeasureAsync(ParseResult parsed, string path, CancellationToken stop)
    {
        var seconds = parsed.GetValue(_seconds);
        var tokens = parsed.GetValue(_promptTokens);
        if (seconds is not (> 0 and <= 3600) || tokens is not (>= 16 and <= 65536))
        {
            throw new UserErrorException($"--seconds is {seconds}, allowed are up to 3600; --prompt-tokens is {tokens}, allowed are 16 to 65536");
        }

        var options = _llama.Read(parsed, path) with { MaxBatchTokens = parsed.GetValue(_batchTokens) };
        var cost = ModelCost.Of(path, options.KvType);
        var limits = Limits(parsed, options);
        var measure = new SpeedMeasure(options, parsed.GetValue(_parallel) ?? [], tokens, TimeSpan.FromSeconds(seconds));
        var points = await measure.RunAsync(limits, cost, parsed.InvocationConfiguration.Error.WriteLine, stop);
        var report = new SpeedReport(path, options, tokens, cost, limits, measure.ResidentBytes, measure.GpuBytes, points);
        parsed.InvocationConfiguration.Output.WriteLine(parsed.GetValue(_json) ? report.ToJson() : report.ToString());
    }

    private MachineLimits Limits(ParseResult parsed, LlamaModelOptions options)
    {
        var (bandwidth, arithmetic) = (parsed.GetValue(_bandwidth) * 1e9, parsed.GetValue(_teraflops) * 1e12);
        if (options.GpuLayers != 0 || (bandwidth is not null && arithmetic is not null))
        {
            return new MachineLimits(bandwidth, arithmetic, bandwidth is null && arithmetic is null ? "not known; --bandwidth and --tflops say them" : "given");
        }

        var measured = MachineLimits.Measure(options.Threads);
        return measured with { BytesPerSecond = bandwidth ?? measured.BytesPerSecond, FlopsPerSecond = arithmetic ?? measured.FlopsPerSecond };
    }

    private static GgufType ParseType(ArgumentResult result)
    {
        var text = result.Tokens[0].Value;
        foreach (var type in Enum.GetValues<GgufType>().Where(type => type is GgufType.F16 or GgufType.F32 or GgufType.Q8_0))
        {
            if (type.ToString().Equals(text, StringComparison.OrdinalIgnoreCase))
            {
                return type;
            }
        }

        result.AddError($"--type {text}: f16, q8_0 and f32 are allowed");
        return default;
    }

    private static int[] ParseParallel(ArgumentResult result)
    {
        var numbers = new List<int>();
        foreach (var text in result.Tokens.SelectMany(token => token.Value.Split(',')))
        {
            if (!int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) || number is not (>= 1 and <= 255))
            {
                result.AddError($"--parallel {text}: numbers from 1 to 255, joined by commas, as 1,4,16");
                return [];
            }

            numbers.Add(number);
        }

        return [.. numbers];
    }
}
