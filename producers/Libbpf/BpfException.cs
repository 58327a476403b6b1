using System.Runtime.InteropServices;

namespace Syscribe.Libbpf;

/// <summary>libbpf or the kernel refused an operation.</summary>
public sealed class BpfException : Exception
{
    private const int Eperm = 1;
    private const int Eacces = 13;

    internal BpfException(string operation, int errno, string log = "")
        : base(Describe(operation, errno, log))
    {
        Errno = errno;
        Log = log;
    }

    /// <summary>errno(3) of the failure, positive.</summary>
    public int Errno { get; }

    /// <summary>The end of what libbpf printed meanwhile, the verifier's log among it; empty where it printed nothing.</summary>
    public string Log { get; }

    /// <summary>Throws when <paramref name="result"/> is a -errno; otherwise gives it back.</summary>
    internal static int Check(int result, string operation) =>
        result < 0 ? throw new BpfException(operation, -result, BpfLog.Take()) : result;

    /// <summary>Throws with errno when <paramref name="pointer"/> is null; otherwise gives it back.</summary>
    internal static nint Check(nint pointer, string operation) =>
        pointer == 0 ? throw new BpfException(operation, Marshal.GetLastPInvokeError(), BpfLog.Take()) : pointer;

    private static string Describe(string operation, int errno, string log)
    {
        var text = $"{operation} failed: {Marshal.GetPInvokeErrorMessage(errno)} (errno {errno}).";
        if (errno is Eperm or Eacces)
        {
            text += " CAP_BPF and CAP_PERFMON, or root, are needed.";
        }

        return log.Length == 0 ? text : $"{text}{Environment.NewLine}{log}";
    }
}
