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
    ISerializer<AlertRecord> alertSerializer,
    DeadLetterWriter deadLetters,
    string alertTopic,
    SuspectSelector? selector,
    string suspectTopic)
{
    private readonly SyscallEvent _event = new();
    private readonly List<Rule> _matches = [];

    /// <exception cref="RegistryUnavailableException">A schema is not known and cannot be asked for now: try the batch again.</exception>
    public EvaluatedBatch Evaluate(RecordBatch batch, RuleSet rules, PipelineCounters counters)
    {
        var result = new EvaluatedBatch(batch.Offsets);
        var evaluated = 0;
        foreach (var record in batch.Records)
        {
            if (TryDecode(record, result))
            {
                evaluated++;
                Judge(record, rules, result);
                Select(record, rules, result);
            }
        }

        counters.AddBatch(batch.Records.Count, evaluated);
        return result;
    }

    private bool TryDecode(ConsumeResult<byte[]?, byte[]?> record, EvaluatedBatch result)
    {
        try
        {
            decoder.Deserialize(record.Message.Value ?? throw NoValue(), _event);
            return true;
        }
        catch (RecordFormatException e)
        {
            GiveUp(record, e.Reason, e.Message, "rules.decode", result);
            return false;
        }
    }

    // Any exception of a rule is that record's own misfortune: what matched before it still alerts, and the rest goes on.
    private void Judge(ConsumeResult<byte[]?, byte[]?> record, RuleSet rules, EvaluatedBatch result)
    {
        _matches.Clear();
        try
        {
            rules.Evaluate(_event, _matches);
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            GiveUp(record, DeadLetterReasons.RuleError, Describe(e), "rules.evaluate", result);
        }

        foreach (var rule in _matches)
        {
            Raise(record, rule, rules.Digest, result);
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

    private void Raise(ConsumeResult<byte[]?, byte[]?> record, Rule rule, string digest, EvaluatedBatch result)
    {
        AlertRecord alert;
        byte[] value;
        try
        {
            alert = AlertFactory.Create(_event, rule, digest);
            value = alertSerializer.Serialize(alert, new SerializationContext(MessageComponentType.Value, alertTopic));
        }
        catch (Exception e) when (!IsOfTheRegistry(e) && e is not OutOfMemoryException)
        {
            GiveUp(record, DeadLetterReasons.RuleError, $"output of rule {rule.Name}: {Describe(e)}", "rules.output", result);
            return;
        }

        result.AddAlert(alert, new OutRecord(alertTopic, Encoding.ASCII.GetBytes(alert.Id), value));
    }

    // Not the event's fault, and the same for each alert: the stream waits and tries again.
    private static bool IsOfTheRegistry(Exception e) =>
        e is SchemaRegistryException or RegistryUnavailableException or HttpRequestException or TaskCanceledException or TimeoutException
        || (e.InnerException is { } inner && IsOfTheRegistry(inner));

    private void GiveUp(
        ConsumeResult<byte[]?, byte[]?> record, string reason, string detail, string stage, EvaluatedBatch result) =>
        result.AddDeadLetter(reason, deadLetters.Write(record, reason, detail, stage));

    private static RecordFormatException NoValue() =>
        new(DeadLetterReasons.Corrupt, "record without a value; an event is expected");

    private static string Describe(Exception e) => $"{e.GetType().Name}: {e.Message}";
}
