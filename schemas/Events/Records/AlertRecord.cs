using Avro;
using Avro.Specific;

namespace Syscribe.Events;

/// <summary>Who raised an alert. Order is the Avro enum's.</summary>
public enum Detector
{
    Rule,
    Llm,
}

/// <summary>Syslog priority of an alert, most urgent first, as in Falco. Order is the Avro enum's.</summary>
public enum AlertPriority
{
    Emergency,
    Alert,
    Critical,
    Error,
    Warning,
    Notice,
    Informational,
    Debug,
}

/// <summary>One alert of <c>alerts.v1</c>: the C# form of <c>schemas/avro/alert.avsc</c>, which says what each field means.</summary>
public sealed class AlertRecord : ISpecificRecord
{
    /// <summary>The schema; read by Apache.Avro and by Confluent's serializer under this name.</summary>
    public static readonly Schema _SCHEMA = Schema.Parse(Schemas.Alert);

    /// <inheritdoc />
    public Schema Schema => _SCHEMA;

    public string Id { get; set; } = "";

    public long TimeNs { get; set; }

    public long KtimeNs { get; set; }

    public string Node { get; set; } = "";

    public long Run { get; set; }

    public long Seq { get; set; }

    public string EventType { get; set; } = "";

    public Detector Detector { get; set; }

    public string Rule { get; set; } = "";

    public AlertPriority Priority { get; set; }

    public string Source { get; set; } = "syscall";

    public string Message { get; set; } = "";

    public List<string> Tags { get; set; } = [];

    /// <summary>Values are null, bool, long, double or string; another type fails when the record is written.</summary>
    public Dictionary<string, object?> OutputFields { get; set; } = new(StringComparer.Ordinal);

    public string ContainerId { get; set; } = "";

    public long Pid { get; set; } = -1;

    public string Digest { get; set; } = "";

    public long Count { get; set; } = 1;

    public double? Score { get; set; }

    public double? InferenceMs { get; set; }

    public int? PromptTokens { get; set; }

    /// <inheritdoc />
    public object? Get(int fieldPos) => fieldPos switch
    {
        0 => Id,
        1 => TimeNs,
        2 => KtimeNs,
        3 => Node,
        4 => Run,
        5 => Seq,
        6 => EventType,
        7 => RecordValues.Symbol(_SCHEMA, 7, (int)Detector),
        8 => Rule,
        9 => RecordValues.Symbol(_SCHEMA, 9, (int)Priority),
        10 => Source,
        11 => Message,
        12 => Tags,
        13 => OutputFields,
        14 => ContainerId,
        15 => Pid,
        16 => Digest,
        17 => Count,
        18 => Score,
        19 => InferenceMs,
        20 => PromptTokens,
        _ => throw RecordValues.NoField(_SCHEMA, fieldPos),
    };

    /// <inheritdoc />
    public void Put(int fieldPos, object? fieldValue)
    {
        switch (fieldPos)
        {
            case 0: Id = RecordValues.Text(fieldValue); break;
            case 1: TimeNs = RecordValues.Long(fieldValue); break;
            case 2: KtimeNs = RecordValues.Long(fieldValue); break;
            case 3: Node = RecordValues.Text(fieldValue); break;
            case 4: Run = RecordValues.Long(fieldValue); break;
            case 5: Seq = RecordValues.Long(fieldValue); break;
            case 6: EventType = RecordValues.Text(fieldValue); break;
            case 7: Detector = RecordValues.Symbol<Detector>(_SCHEMA, 7, fieldValue); break;
            case 8: Rule = RecordValues.Text(fieldValue); break;
            case 9: Priority = RecordValues.Symbol<AlertPriority>(_SCHEMA, 9, fieldValue); break;
            case 10: Source = RecordValues.Text(fieldValue); break;
            case 11: Message = RecordValues.Text(fieldValue); break;
            case 12: Tags = RecordValues.Texts(fieldValue); break;
            case 13: OutputFields = RecordValues.Map(fieldValue); break;
            case 14: ContainerId = RecordValues.Text(fieldValue); break;
            case 15: Pid = RecordValues.Long(fieldValue); break;
            case 16: Digest = RecordValues.Text(fieldValue); break;
            case 17: Count = RecordValues.Long(fieldValue); break;
            case 18: Score = (double?)fieldValue; break;
            case 19: InferenceMs = (double?)fieldValue; break;
            case 20: PromptTokens = (int?)fieldValue; break;
            default: throw RecordValues.NoField(_SCHEMA, fieldPos);
        }
    }
}
