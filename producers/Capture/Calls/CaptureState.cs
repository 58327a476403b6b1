using Syscribe.Capture.State;
using Syscribe.Capture.Text;

namespace Syscribe.Capture.Calls;

/// <summary>Everything that is remembered between events, and the caches beside it.</summary>
internal sealed class CaptureState
{
    public CaptureState(IProcessSource source, TimeProvider time, IContainerMetadata? containers, Func<long> bootTime)
    {
        Users = new UserNames(time);
        Addresses = new HostAddresses(time);
        Tree = new ProcessTree(source, new ProcessInfoBuilder(Users, containers, bootTime));
        Files = new FdInfoCache(Arena);
        Fds = new FdResolver(source, Files);
    }

    public Arena Arena { get; } = new();

    public NumberTexts Numbers { get; } = new();

    public Utf8Interner Texts { get; } = new(capacity: 16_384);

    public UserNames Users { get; }

    public HostAddresses Addresses { get; }

    public ProcessTree Tree { get; }

    public FdInfoCache Files { get; }

    public FdResolver Fds { get; }
}
