using Confluent.Kafka;

namespace Syscribe.Pipeline.Tests.Support;

/// <summary>Gives its bytes when the test lets it, as Confluent's serializer does when the pool has a thread for it.</summary>
internal sealed class HeldSerializer<T> : IAsyncSerializer<T>
{
    private readonly TaskCompletionSource<byte[]> _bytes = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public void LetGo() => _bytes.SetResult([1]);

    public Task<byte[]> SerializeAsync(T data, SerializationContext context) => _bytes.Task;
}
