using System.Runtime.InteropServices;
using System.Text;

namespace Syscribe.Kernel.Tests;

/// <summary>Raw system calls, so that a test decides which one is made. Numbers are x86-64's.</summary>
internal static partial class Sys
{
    public const int AtFdCwd = -100;
    public const int OpenByHandleAt = 304;

    /// <summary>Makes a call; texts and arrays are passed as pointers that live until it returns.</summary>
    /// <returns>The result, or the negated error number.</returns>
    public static long Call(int number, params object?[] args)
    {
        var pins = new List<GCHandle>();
        try
        {
            var raw = new nint[6];
            for (var i = 0; i < args.Length; i++)
            {
                raw[i] = Value(args[i], pins);
            }

            var result = RawCall(number, raw[0], raw[1], raw[2], raw[3], raw[4], raw[5]);
            return result == -1 ? -Marshal.GetLastPInvokeError() : result;
        }
        finally
        {
            pins.ForEach(pin => pin.Free());
        }
    }

    public static int Tid() => (int)Call(186);

    private static nint Value(object? arg, List<GCHandle> pins) => arg switch
    {
        null => 0,
        int number => number,
        uint number => (nint)number,
        long number => (nint)number,
        nint number => number,
        string text => Pin(Encoding.UTF8.GetBytes(text + "\0"), pins),
        Array array => Pin(array, pins),
        _ => throw new ArgumentException($"cannot pass a {arg.GetType()} to a system call"),
    };

    private static nint Pin(Array array, List<GCHandle> pins)
    {
        var pin = GCHandle.Alloc(array, GCHandleType.Pinned);
        pins.Add(pin);
        return pin.AddrOfPinnedObject();
    }

    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true)]
    private static partial nint RawCall(nint number, nint a, nint b, nint c, nint d, nint e, nint f);
}
