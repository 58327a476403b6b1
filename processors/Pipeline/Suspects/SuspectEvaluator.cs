using System.Text;
using Confluent.Kafka;
using Syscribe.Alerts;
using Syscribe.Events;
using Syscribe.Inference.Engine;
using Syscribe.Inference.Suspects;
using Syscribe.Kafka;
using Syscribe.Pipeline.Consuming;
using Syscribe.Pipeline.Producing;
using Syscribe.Pipeline.Rules;

namespace Syscribe.Pipeline.Suspects;

/// <summary>
/// Judges the records of a batch, all at the same time: how many of them the model works on is the engine's to say, the
/// others wait for its slots. Batches may overlap; they are begun one after the other.
/// </summary>
internal sealed class SuspectEvaluator(
    SuspectJudge judge,
    SyscallEventDeserializer decoder,
    IAsyncSerializer<AlertRecord> alertSerializer,
    DeadLetterWriter deadLetters,
    string alertTopic)
{
    /// <exception cref="RegistryUnavailableException">A schema is not known and cannot be asked for now: try the batch again.</exception>
    /// <exception cref="InferenceException">The engine has stopped or is broken: try the batch again.</exception>
    public async Task<JudgedBatch> EvaluateAsync(RecordBatch batch, InferenceCounters counters, CancellationToken abandon)
    {
        var result = new JudgedBatch(batch.Offsets);
        var judging = new List<Task<Outcome>>(batch.Records.Count);
        foreach (var record in batch.Records)
        {
            if (await DecodeAsync(record, result) is { } decoded)
            {
                judging.Add(JudgeAsync(record, decoded, abandon));
            }
        }

        foreach (var outcome in await Task.WhenAll(judging))
        {
            counters.Judged(outcome.Judgement.Verdict.FromCache, outcome.Judgement.IsContradicted);
            await ReportAsync(outcome, result);
        }

        return result;
    }

    // An event of its own for each record: it is needed again when the answer comes.
    private async ValueTask<SyscallEvent?> DecodeAsync(ConsumeResult<byte[]?, byte[]?> record, JudgedBatch result)
    {
        try
        {
            var decoded = new SyscallEvent();
            decoder.Deserialize(
                record.Message.Value ?? throw new RecordFormatException(DeadLetterReasons.Corrupt, "record without a value; an event is expected"), decoded);
            return decoded;
        }
        catch (RecordFormatException e)
        {
            await GiveUpAsync(record, e.Reason, e.Message, "inference.decode", result);
            return null;
        }
    }

    // A model that fails on this event fails again: the event is given up with its reason. One that has stopped does not.
    private async Task<Outcome> JudgeAsync(ConsumeResult<byte[]?, byte[]?> record, SyscallEvent e, CancellationToken abandon)
    {
        try
        {
            return new Outcome(record, e, await judge.JudgeAsync(e, abandon), null);
        }
        catch (InferenceException failure) when (failure.Failure is not (InferenceFailure.Stopped or InferenceFailure.Model))
        {
            return new Outcome(record, e, default, failure);
        }
    }

    private async Task ReportAsync(Outcome outcome, JudgedBatch result)
    {
        if (outcome.Failure is { } failure)
        {
            await GiveUpAsync(outcome.Record, DeadLetterReasons.InferenceError, $"{failure.Failure}: {failure.Message}", "inference.answer", result);
        }
        else if (outcome.Judgement.Alert is { } known)
        {
            var alert = Alert(outcome.Event, outcome.Judgement, known);
            var value = await alertSerializer.SerializeAsync(alert, new SerializationContext(MessageComponentType.Value, alertTopic));
            result.AddAlert(alert, new OutRecord(alertTopic, Encoding.ASCII.GetBytes(alert.Id), value));
        }
    }

    private static AlertRecord Alert(SyscallEvent e, Judgement judgement, KnownAlert known)
    {
        var (answer, count, fromCache) = judgement.Verdict;
        var alert = AlertFactory.Create(
            e, new AlertOrigin(Detector.Llm, known.Rule, known.Priority, known.Tags, "syscall", known.Output, answer.ModelDigest));
        alert.Count = count;
        alert.Score = answer.Score;
        alert.InferenceMs = fromCache ? null : answer.Latency.TotalMilliseconds;
        alert.PromptTokens = fromCache ? null : answer.PromptTokens;
        return alert;
    }

    private async Task GiveUpAsync(ConsumeResult<byte[]?, byte[]?> record, string reason, string detail, string stage, JudgedBatch result) =>
        result.AddDeadLetter(reason, await deadLetters.WriteAsync(record, reason, detail, stage));

    private readonly record struct Outcome(
        ConsumeResult<byte[]?, byte[]?> Record, SyscallEvent Event, Judgement Judgement, InferenceException? Failure);
}
