using System.Globalization;
using System.Text.RegularExpressions;

namespace Syscribe.Capture.Syscalls;

/// <summary>
/// Finds the number of system calls that are newer than the lists in this assembly. The kernel tells their names and
/// arguments but not their numbers; so those calls alone, which nobody makes often, are also traced into a small trace
/// instance of our own, and when an unknown number arrives, the trace says which call its thread was in.
/// </summary>
/// <remarks>Nothing is set up on a kernel without such calls. The instance is removed on dispose.</remarks>
internal sealed partial class NewCallNames : IDisposable
{
    private const string BufferKilobytes = "64"; // per CPU; a line takes about 100 bytes

    private readonly string _instance;

    private NewCallNames(string instance) => _instance = instance;

    /// <summary>Starts tracing calls by name.</summary>
    /// <param name="events">The folder <c>events/syscalls</c> of tracefs.</param>
    /// <param name="names">The calls, as the kernel names them.</param>
    /// <returns>Null where the kernel does not let us: numbers then stay without a name.</returns>
    public static NewCallNames? Start(string events, IReadOnlyCollection<string> names)
    {
        var instance = Path.GetFullPath(Path.Combine(events, "..", "..", "instances", string.Create(CultureInfo.InvariantCulture, $"syscribe-{Environment.ProcessId}")));
        var traced = new NewCallNames(instance);
        try
        {
            Directory.CreateDirectory(instance);
            File.WriteAllText(Path.Combine(instance, "buffer_size_kb"), BufferKilobytes);
            foreach (var name in names)
            {
                File.WriteAllText(Path.Combine(instance, "events", "syscalls", "sys_enter_" + name, "enable"), "1");
            }

            return traced;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            traced.Dispose();
            return null;
        }
    }

    /// <summary>The name of the last of these calls that a thread made; null where the trace has none.</summary>
    public string? LastOf(uint thread)
    {
        try
        {
            return LastOf(thread, File.ReadLines(Path.Combine(_instance, "trace")));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        try
        {
            // A folder of tracefs is removed with what it shows; what it shows cannot be.
            Directory.Delete(_instance, recursive: false);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // It was not made, or another process reads it; it holds 64 KiB per CPU.
        }
    }

    /// <summary>Reads lines of a <c>trace</c> file: <c>name-123 [001] ..... 9.876: sys_call(arg: 1)</c>.</summary>
    internal static string? LastOf(uint thread, IEnumerable<string> lines)
    {
        string? last = null;
        foreach (var line in lines)
        {
            var match = Line().Match(line);
            if (match.Success && uint.TryParse(match.Groups["tid"].ValueSpan, CultureInfo.InvariantCulture, out var tid) && tid == thread)
            {
                last = match.Groups["name"].Value;
            }
        }

        return last;
    }

    [GeneratedRegex(@"^.*-(?<tid>\d+)\s+\[\d+\] .*?: sys_(?<name>\w+)\(", RegexOptions.CultureInvariant)]
    private static partial Regex Line();
}
