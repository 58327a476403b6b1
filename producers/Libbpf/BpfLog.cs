using System.Runtime.InteropServices;
using System.Text;

namespace Syscribe.Libbpf;

/// <summary>
/// Collects what libbpf prints, per thread, so that it ends up in the exception of the call that failed and not on the
/// process's standard error. Only the last <see cref="MaxChars"/> characters are kept: the verifier's verdict is at the end.
/// </summary>
internal static unsafe class BpfLog
{
    public const int MaxChars = 4096;

    private const int LevelDebug = 2; // enum libbpf_print_level: WARN, INFO, DEBUG
    private const int LineBytes = 64 * 1024;

    [ThreadStatic]
    private static StringBuilder? _text;

    /// <summary>Routes libbpf's output here. Once or often is the same.</summary>
    public static void Install() => NativeMethods.SetPrint(&Print);

    public static void Clear() => _text?.Clear();

    /// <summary>What was printed on this thread since <see cref="Clear"/>, emptied by this.</summary>
    public static string Take()
    {
        if (_text is null)
        {
            return "";
        }

        var start = Math.Max(0, _text.Length - MaxChars);
        var text = _text.ToString(start, _text.Length - start).TrimEnd();
        _text.Clear();
        return text;
    }

    // Called by libbpf on the thread that called libbpf. Must not throw: the frames below are C.
    [UnmanagedCallersOnly]
    private static int Print(int level, byte* format, nint arguments)
    {
        if (level >= LevelDebug)
        {
            return 0;
        }

        try
        {
            var line = new byte[LineBytes];
            fixed (byte* buffer = line)
            {
                var length = Math.Min(NativeMethods.Format(buffer, LineBytes, format, arguments), LineBytes - 1);
                if (length > 0)
                {
                    Append(Encoding.UTF8.GetString(line, 0, length));
                }
            }
        }
        catch (OutOfMemoryException)
        {
            // A lost log line; the call's own error is reported all the same.
        }

        return 0;
    }

    private static void Append(string line)
    {
        _text ??= new StringBuilder();
        _text.Append(line);
        if (_text.Length > 4 * MaxChars)
        {
            _text.Remove(0, _text.Length - MaxChars);
        }
    }
}
