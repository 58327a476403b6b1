using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Syscribe.Events;
using Syscribe.Inference.Engine;
using Syscribe.Inference.Suspects;
using Syscribe.Inference.Text;
using Syscribe.Inference.Verdicts;

namespace Syscribe.Worker.Commands;

/// <summary><c>syscribe infer</c></summary>
internal sealed class InferCommand
{
    private readonly Argument<string> _file = new("FILE") { Description = "Events, as syscribe-agent record writes them." };
    private readonly ModelArguments _model = new();
    private readonly RuleOptions _rules = new();

    private readonly Option<bool> _explain = new("--explain") { Description = "Show the prompt token by token, and what the model was asked with which probabilities." };
    private readonly Option<bool> _json = new("--json") { Description = "Print one JSON object a line." };

    public static Command Create()
    {
        var options = new InferCommand();
        var command = new Command("infer", "Ask a model about the events of a file, without a broker: one line for each, in order.") { options._file };
        options._model.AddTo(command);
        options._rules.AddTo(command, matching: false);
        foreach (var option in (Option[])[options._explain, options._json])
        {
            command.Add(option);
        }

        command.SetAction(options.RunAsync);
        return command;
    }

    private async Task<int> RunAsync(ParseResult parsed, CancellationToken stop)
    {
        var explain = parsed.GetValue(_explain);
        await using var engine = _model.Start(parsed, new EngineOptions { Explain = explain, Deadline = TimeSpan.FromHours(1) });
        var judge = Judge(parsed, engine);
        var output = parsed.InvocationConfiguration.Output;
        var waiting = new Queue<Task<Judged>>();
        foreach (var e in Events(parsed.GetValue(_file) ?? ""))
        {
            if (waiting.Count == engine.MaxPending)
            {
                Print(parsed, engine, await waiting.Dequeue(), output);
            }

            waiting.Enqueue(JudgeAsync(judge, e, stop));
        }

        while (waiting.TryDequeue(out var next))
        {
            Print(parsed, engine, await next, output);
        }

        return ExitCodes.Success;
    }

    private SuspectJudge Judge(ParseResult parsed, InferenceEngine engine)
    {
        try
        {
            return new SuspectJudge(engine, new VerdictCache(new VerdictCacheOptions()), _rules.Load(parsed));
        }
        catch (Exception e) when (e is FormatException or ArgumentException)
        {
            throw new UserErrorException(e.Message, e);
        }
    }

    // Each event has bytes of its own: it is needed again when its answer comes.
    private static IEnumerable<SyscallEvent> Events(string file)
    {
        var (e, decoder) = (new SyscallEvent(), new SyscallEventDecoder());
        using var reader = Open(file);
        while (Read(reader, e))
        {
            var bytes = SyscallEventEncoder.ToArray(e);
            var own = new SyscallEvent();
            decoder.Decode(bytes, 0, bytes.Length, own);
            yield return own;
        }
    }

    private static SyscallEventFileReader Open(string file)
    {
        try
        {
            return new SyscallEventFileReader(file);
        }
        catch (Exception e) when (e is EventFileException or IOException or UnauthorizedAccessException)
        {
            throw new UserErrorException($"Reading events from {file} failed: {e.Message}", e);
        }
    }

    private static bool Read(SyscallEventFileReader reader, SyscallEvent into)
    {
        try
        {
            return reader.Read(into);
        }
        catch (Exception e) when (e is EventFileException or IOException)
        {
            throw new UserErrorException(e.Message, e);
        }
    }

    private static async Task<Judged> JudgeAsync(SuspectJudge judge, SyscallEvent e, CancellationToken stop)
    {
        try
        {
            return new Judged(e, await judge.JudgeAsync(e, stop), null);
        }
        catch (InferenceException failure)
        {
            return new Judged(e, default, failure);
        }
    }

    private void Print(ParseResult parsed, InferenceEngine engine, Judged judged, TextWriter output)
    {
        output.WriteLine(parsed.GetValue(_json) ? Json(judged) : Line(judged));
        if (parsed.GetValue(_explain) && judged.Failure is null)
        {
            Explain(engine, judged, output);
        }
    }

    private static string Line(Judged judged)
    {
        var (seq, type) = (judged.Event.Seq, Printable.Escape(judged.Event.Type.ToString()));
        if (judged.Failure is { } failure)
        {
            return string.Create(CultureInfo.InvariantCulture, $"{seq} {type} FAILED {failure.Failure}: {Printable.Escape(failure.Message)}");
        }

        var (answer, _, fromCache) = judged.Judgement.Verdict;
        var what = judged.Judgement.Alert is { } alert ? $"{alert.Priority} {Printable.Escape(alert.Output.Render(judged.Event).Message)}" : KnownAnswers.Harmless;
        var but = judged.Judgement.IsContradicted ? $" (the event contradicts: {Printable.Escape(answer.Text)})" : "";
        return string.Create(CultureInfo.InvariantCulture, $"{seq} {type} {answer.Score:F4} {what}{but}{(fromCache ? " (cached)" : "")}");
    }

    private static string Json(Judged judged)
    {
        var (verdict, alert) = (judged.Judgement.Verdict, judged.Judgement.Alert);
        return JsonSerializer.Serialize(new
        {
            seq = judged.Event.Seq,
            type = judged.Event.Type.ToString(),
            failure = judged.Failure?.Failure.ToString(),
            rule = alert?.Rule,
            priority = alert?.Priority.ToString(),
            message = alert?.Output.Render(judged.Event).Message,
            contradicted = judged.Judgement.IsContradicted,
            score = verdict.Answer?.Score,
            cached = verdict.FromCache,
            count = verdict.Count,
            promptTokens = verdict.Answer?.PromptTokens,
            latencyMs = verdict.Answer?.Latency.TotalMilliseconds,
            signature = judged.Judgement.Signature.ToString("x16", CultureInfo.InvariantCulture),
            digest = verdict.Answer?.ModelDigest,
        });
    }

    private static void Explain(InferenceEngine engine, Judged judged, TextWriter output)
    {
        output.WriteLine("  prompt  " + string.Join('|', engine.PromptPieces(ToText.Render(judged.Event))));
        foreach (var branch in judged.Judgement.Verdict.Answer.Choices)
        {
            output.WriteLine("  asked   " + string.Join("  ", branch.Select(
                choice => string.Create(CultureInfo.InvariantCulture, $"\"{choice.Text}\" {choice.Probability:F4}{(choice.IsTaken ? "*" : "")}"))));
        }

        output.WriteLine("  answer  " + judged.Judgement.Verdict.Answer.Text);
    }

    private readonly record struct Judged(SyscallEvent Event, Judgement Judgement, InferenceException? Failure);
}
