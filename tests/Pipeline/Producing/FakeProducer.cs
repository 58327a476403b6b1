using System.Reflection;
using Confluent.Kafka;

namespace Syscribe.Pipeline.Tests.Producing;

/// <summary>A producer whose acknowledgements the test gives, in any order and on any thread.</summary>
public class FakeProducer : DispatchProxy
{
    private readonly Lock _lock = new();
    private readonly List<(string Topic, Action<DeliveryReport<byte[]?, byte[]?>> Report)> _queue = [];
    private int _room = int.MaxValue;
    private volatile bool _disposed;

    public int Produced { get; private set; }

    public bool IsDisposed => _disposed;

    public int Queued
    {
        get
        {
            lock (_lock)
            {
                return _queue.Count;
            }
        }
    }

    public static (IProducer<byte[]?, byte[]?> Producer, FakeProducer Control) Create()
    {
        var producer = Create<IProducer<byte[]?, byte[]?>, FakeProducer>();
        return (producer, (FakeProducer)(object)producer);
    }

    /// <summary>How many more records the queue takes before it is full.</summary>
    public void SetRoom(int records)
    {
        lock (_lock)
        {
            _room = records;
        }
    }

    /// <summary>Acknowledges the queued record at a position, or refuses it.</summary>
    public void Acknowledge(int index = 0, ErrorCode error = ErrorCode.NoError)
    {
        (string Topic, Action<DeliveryReport<byte[]?, byte[]?>> Report) record;
        lock (_lock)
        {
            record = _queue[index];
            _queue.RemoveAt(index);
        }

        record.Report(new DeliveryReport<byte[]?, byte[]?> { Topic = record.Topic, Error = new Error(error, "test") });
    }

    protected override object? Invoke(MethodInfo? targetMethod, object?[]? args)
    {
        switch (targetMethod!.Name)
        {
            case "Produce":
                Enqueue((string)args![0]!, (Action<DeliveryReport<byte[]?, byte[]?>>)args[2]!);
                return null;
            case "Dispose":
                _disposed = true;
                return null;
            default:
                throw new NotSupportedException(targetMethod.Name);
        }
    }

    private void Enqueue(string topic, Action<DeliveryReport<byte[]?, byte[]?>> report)
    {
        lock (_lock)
        {
            if (_room == 0)
            {
                throw new ProduceException<byte[]?, byte[]?>(
                    new Error(ErrorCode.Local_QueueFull, "Local: Queue full"), new DeliveryResult<byte[]?, byte[]?> { Topic = topic });
            }

            _room--;
            Produced++;
            _queue.Add((topic, report));
        }
    }
}
