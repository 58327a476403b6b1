using Syscribe.Events;
using Syscribe.Pipeline.Consuming;
using Syscribe.Pipeline.Producing;

namespace Syscribe.Pipeline.Suspects;

/// <summary>What became of one batch of suspects: what to write, and the offsets to finish once it is written.</summary>
internal sealed class JudgedBatch(BatchOffsets offsets) : IOutBatch
{
    private readonly List<OutRecord> _records = [];
    private readonly List<AlertRecord> _alerts = [];
    private readonly List<string> _deadLetterReasons = [];

    public BatchOffsets Offsets { get; } = offsets;

    public IReadOnlyList<OutRecord> Records => _records;

    public IReadOnlyList<AlertRecord> Alerts => _alerts;

    public IReadOnlyList<string> DeadLetterReasons => _deadLetterReasons;

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
