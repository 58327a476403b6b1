using System.Text;
using Syscribe.Events;
using Syscribe.Inference.Text;

namespace Syscribe.Training.Data;

/// <summary>
/// Who acted and on what in recorded events, each once. Made events borrow them: if only harmless ones looked recorded, a model
/// would take that for the reason.
/// </summary>
internal sealed class RecordedWork
{
    // What the kernel keeps of Syscribe.Scenarios, 15 characters at most.
    private static ReadOnlySpan<byte> Scenarios => "Syscribe.Scenar"u8;

    private readonly HashSet<string> _seen = new(StringComparer.Ordinal);
    private readonly List<ProcessInfo> _processes = [];
    private readonly List<string> _paths = [];

    /// <summary>Processes that differ in name, arguments, user or ancestors.</summary>
    public IReadOnlyList<ProcessInfo> Processes => _processes;

    /// <summary>Absolute paths.</summary>
    public IReadOnlyList<string> Paths => _paths;

    /// <summary>Whether a scenario of <c>syscribe-scenarios</c> made the event, or left behind what it acts on.</summary>
    public static bool IsStaged(SyscallEvent e) =>
        EventFacts.Path(e, 0).IndexOf("syscribe"u8) >= 0
        || (e.Process is { } process && (process.Name.Span.StartsWith(Scenarios) || process.Ancestors.Any(ancestor => ancestor.Name.Span.StartsWith(Scenarios))));

    /// <summary>Takes over what <paramref name="e"/> has and was not there.</summary>
    public void Add(SyscallEvent e)
    {
        // The scenarios' own helper plays attacks; it must not become a word for them.
        if (e.Process is { } process && process.Name.Length > 0 && !process.Name.Span.SequenceEqual("syscalls"u8)
            && _seen.Add($"{process.CommandLine} {process.UserId} {string.Join(' ', process.Ancestors.Take(4).Select(a => a.Name))}"))
        {
            _processes.Add(Own(process));
        }

        var path = EventFacts.Path(e, 0);
        if (path.StartsWith("/"u8) && path.Length < 120 && path.IndexOf("syscribe"u8) < 0 && _seen.Add(Encoding.UTF8.GetString(path)))
        {
            _paths.Add(Encoding.UTF8.GetString(path));
        }
    }

    // The file's reader reuses the bytes behind its texts.
    private static ProcessInfo Own(ProcessInfo p) => p with
    {
        Name = p.Name.ToOwned(),
        Exe = p.Exe.ToOwned(),
        ExePath = p.ExePath.ToOwned(),
        Args = [.. p.Args.Select(arg => arg.ToOwned())],
        Cwd = p.Cwd.ToOwned(),
        UserName = p.UserName.ToOwned(),
        LoginName = p.LoginName.ToOwned(),
        Ancestors = [.. p.Ancestors.Select(a => new Ancestor(a.Pid, a.Name.ToOwned(), a.Exe.ToOwned(), a.ExePath.ToOwned(), Utf8.Empty))],
        ContainerId = p.ContainerId.ToOwned(),
        Container = p.Container is { } c ? c with { ImageRepository = c.ImageRepository.ToOwned() } : null,
    };
}
