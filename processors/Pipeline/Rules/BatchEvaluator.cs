using System.Globalization;
using System.Text;
using Confluent.Kafka;
using Confluent.SchemaRegistry;
using Syscribe.Alerts;
using Syscribe.Events;
using Syscribe.Inference.Suspects;
using Syscribe.Kafka;
using Syscribe.Pipeline.Consuming;
using Syscribe.Pipeline.Producing;
using Rule = Syscribe.Rules.Rule;
using RuleSet = Syscribe.Rules.RuleSet;

namespace Syscribe.Pipeline.Rules;

/// <summary>
/// Decodes and judges the records of a batch, one after the other, into one reused event. Not thread safe; the pipeline
/// keeps one for each batch that it evaluates at the same time.
/// </summary>
internal sealed class BatchEvaluator(
    SyscallEventDeserializer decoder,
    IAsyncSerializer<AlertRecord> alertSerializer,
    DeadLetterWriter deadLetters,
    string alertTopic,
    SuspectSelector? selector,
    string suspectTopic)
{
    private readonly SyscallEvent _event = new();
    private readonly List<Rule> _matches = [];

    /// <exception cref="RegistryUnavailableException">A schema is not known and cannot be asked for now: try the batch again.</exception>
    public async Task<EvaluatedBatch> EvaluateAsync(RecordBatch batch, RuleSet rules, PipelineCounters counters)
    {
        var result = new EvaluatedBatch(batch.Offsets);
        var evaluated = 0;
        foreach (var record in batch.Records)
        {
            if (TryDecode(record) is { } malformed)
            {
                await GiveUpAsync(record, malformed.Reason, malformed.Message, "rules.decode", result);
                continue;
            }

            evaluated++;
            if (TryMatch(rules) is { } failure)
            {
                await GiveUpAsync(record, DeadLetterReasons.RuleError, Describe(failure), "rules.evaluate", result);
            }

            foreach (var rule in _matches)
            {
                await RaiseAsync(record, rule, rules.Digest, result);
            }

            Select(record, rules, result);
        }

        counters.AddBatch(batch.Records.Count, evaluated);
        return result;
    }

    private RecordFormatException? TryDecode(ConsumeResult<byte[]?, byte[]?> record)
    {
        try
        {
            decoder.Deserialize(record.Message.Value ?? throw NoValue(), _event);
            return null;
        }
        catch (RecordFormatException e)
        {
            return e;
        }
    }

    // Any exception of a rule is that record's own misfortune: what matched before it still alerts, and the rest goes on.
    private Exception? TryMatch(RuleSet rules)
    {
        _matches.Clear();
        try
        {
            rules.Evaluate(_event, _matches);
            return null;
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            return e;
        }
    }

    // The record goes on as it is; its key brings one behaviour to one worker.
    private void Select(ConsumeResult<byte[]?, byte[]?> record, RuleSet rules, EvaluatedBatch result)
    {
        if (selector is null)
        {
            return;
        }

        var reason = selector.Select(_event, rules, _matches.Count > 0, out var signature);
        if (reason != Selection.None)
        {
            var key = Encoding.ASCII.GetBytes(signature.ToString("x16", CultureInfo.InvariantCulture));
            result.AddSuspect(reason, new OutRecord(suspectTopic, key, record.Message.Value));
        }
    }

    private async Task RaiseAsync(ConsumeResult<byte[]?, byte[]?> record, Rule rule, string digest, EvaluatedBatch result)
    {
        AlertRecord alert;
        byte[] value;
        try
        {
            alert = AlertFactory.Create(_event, rule, digest);
            value = await alertSerializer.SerializeAsync(alert, new SerializationContext(MessageComponentType.Value, alertTopic));
        }
        catch (Exception e) when (!IsOfTheRegistry(e) && e is not OutOfMemoryException)
        {
            await GiveUpAsync(record, DeadLetterReasons.RuleError, $"output of rule {rule.Name}: {Describe(e)}", "rules.output", result);
            return;
        }

        result.AddAlert(alert, new OutRecord(alertTopic, Encoding.ASCII.GetBytes(alert.Id), value));
    }

    // Not the event's fault, and the same for each alert: the stream waits and tries again.
    private static bool IsOfTheRegistry(Exception e) =>
        e is SchemaRegistryException or RegistryUnavailableException or HttpRequestException or TaskCanceledException or TimeoutException
        || (e.InnerException is { } inner && IsOfTheRegistry(inner));

    private async Task GiveUpAsync(
        ConsumeResult<byte[]?, byte[]?> record, string reason, string detail, string stage, EvaluatedBatch result) =>
        result.AddDeadLetter(reason, await deadLetters.WriteAsync(record, reason, detail, stage));

    private static RecordFormatException NoValue() =>
        new(DeadLetterReasons.Corrupt, "record without a value; an event is expected");

    private static string Describe(Exception e) => $"{e.GetType().Name}: {e.Message}";
}
