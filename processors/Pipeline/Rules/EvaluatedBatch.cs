using Syscribe.Events;
using Syscribe.Inference.Suspects;
using Syscribe.Pipeline.Consuming;
using Syscribe.Pipeline.Producing;

namespace Syscribe.Pipeline.Rules;

/// <summary>What became of one batch of records: what to write, and the offsets to finish once it is written.</summary>
internal sealed class EvaluatedBatch(BatchOffsets offsets) : IOutBatch
{
    private readonly List<OutRecord> _records = [];
    private readonly List<AlertRecord> _alerts = [];
    private readonly List<string> _deadLetterReasons = [];
    private readonly List<Selection> _suspectReasons = [];

    public BatchOffsets Offsets { get; } = offsets;

    public IReadOnlyList<OutRecord> Records => _records;

    public IReadOnlyList<AlertRecord> Alerts => _alerts;

    public IReadOnlyList<string> DeadLetterReasons => _deadLetterReasons;

    /// <summary>Why each event of the batch goes to the model that does.</summary>
    public IReadOnlyList<Selection> SuspectReasons => _suspectReasons;

    public void AddSuspect(Selection reason, OutRecord record)
    {
        _suspectReasons.Add(reason);
        _records.Add(record);
    }

    public void AddAlert(AlertRecord alert, OutRecord record)
    {
        _alerts.Add(alert);
        _records.Add(record);
    }

    public void AddDeadLetter(string reason, OutRecord record)
    {
        _deadLetterReasons.Add(reason);
        _records.Add(record);
    }
}
