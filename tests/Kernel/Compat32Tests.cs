using Syscribe.Events;
using Syscribe.Kernel.Tests.Raw;

namespace Syscribe.Kernel.Tests;

/// <summary>32-bit calls have numbers of their own: what is open there is fstat here.</summary>
public sealed class Compat32Tests(CaptureFixture capture) : IDisposable
{
    private const int Open = 5;

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_32_bit_open_is_an_open()
    {
        Assert.SkipUnless(capture.Missing is null, capture.Missing ?? "");
        Native.SkipWithout32BitCalls();
        var path = _folder.File("a");
        var (id, _) = Native.RunCalls("compat", path);

        var open = capture.WaitFor(e => e.Type == "open" && e.Abi == Abi.Compat32 && e.Process.Pid == id);
        Assert.Equal((path, Open), (open.Fd!.Name, open.Number));
        Assert.StartsWith($"fd={open.Return}(<f>{path}) name={path} flags=1(O_RDONLY) mode=0 dev=", open.Args);
        var unlink = capture.WaitFor(e => e.Type == "unlink" && e.Process.Pid == id);
        Assert.Equal((Abi.Compat32, $"res=0 path={path}"), (unlink.Abi, unlink.Args));
    }
}
