using System.Text;
using Syscribe.Events;

namespace Syscribe.Kernel.Tests;

/// <summary>32-bit calls have numbers of their own: what is open there is fstat here.</summary>
public sealed unsafe class Compat32Tests(CaptureFixture capture) : IDisposable
{
    private const int MemoryMap = 9;
    private const int Open = 5;
    private const int Unlink = 10;
    private const int PageBytes = 4096;

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_32_bit_open_is_an_open()
    {
        Assert.SkipUnless(File.Exists("/proc/sys/abi/vsyscall32"), "this kernel runs no 32-bit calls");
        var path = _folder.File("a");
        var seen = capture.Trace(() =>
        {
            var page = Page();
            Sys.Call(3, Interrupt(page, Open, path, 0));
            Interrupt(page, Unlink, path, 0);
        });

        var open = seen.Single(e => e.Type == "open" && e.Abi == Abi.Compat32);
        var (name, number) = (open.Fd!.Name, open.Number);
        Assert.Equal((path, Open), (name, number));
        Assert.StartsWith($"fd={open.Return}(<f>{path}) name={path} flags=1(O_RDONLY) mode=0 dev=", open.Args);
        Assert.Equal((Abi.Compat32, $"res=0 path={path}"), (seen.Single(e => e.Type == "unlink").Abi, seen.Single(e => e.Type == "unlink").Args));
    }

    // Code and text below 4 GiB, where 32-bit registers reach.
    private static byte* Page()
    {
        const int ReadWriteExecute = 7;
        const int PrivateAnonymous32Bit = 0x62;
        var page = (byte*)Sys.Call(MemoryMap, 0, PageBytes, ReadWriteExecute, PrivateAnonymous32Bit, -1, 0);

        // push rbx; mov eax, edi; mov ebx, esi; xchg ecx, edx; int 0x80; cdqe; pop rbx; ret
        ReadOnlySpan<byte> code = [0x53, 0x89, 0xf8, 0x89, 0xf3, 0x87, 0xd1, 0xcd, 0x80, 0x48, 0x98, 0x5b, 0xc3];
        code.CopyTo(new Span<byte>(page, code.Length));
        return page;
    }

    private static long Interrupt(byte* page, int number, string path, int argument)
    {
        const int TextOffset = 256;
        Encoding.UTF8.GetBytes(path + "\0").CopyTo(new Span<byte>(page + TextOffset, PageBytes - TextOffset));
        var call = (delegate* unmanaged[Cdecl]<int, int, int, int, long>)page;
        return call(number, (int)(nint)(page + TextOffset), argument, 0);
    }
}
