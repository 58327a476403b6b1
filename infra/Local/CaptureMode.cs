using Syscribe.Worker;

namespace Syscribe.Local;

/// <summary>Where the events of a run come from.</summary>
/// <param name="Replay">A recorded capture; null: the live system calls of this machine.</param>
/// <param name="Description">One line that says which, and why.</param>
public sealed record CaptureMode(string? Replay, string Description)
{
    private const string Btf = "/sys/kernel/btf/vmlinux";

    /// <summary>Whether it is live.</summary>
    public bool IsLive => Replay is null;

    /// <summary>Live where the machine allows it, else the capture that ships with the program.</summary>
    /// <exception cref="UserErrorException">The machine does not allow it, and a comparison has no other way.</exception>
    public static CaptureMode Choose(LocalOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        if (options.Replay is { } file)
        {
            return new(file.FullName, $"Replaying {file.FullName}.");
        }

        var missing = NativeMethods.EffectiveUserId() != 0 ? "root (run it with sudo)"
            : !File.Exists(Btf) ? $"kernel type information ({Btf}: a kernel built with CONFIG_DEBUG_INFO_BTF)"
            : null;
        if (options.Compare && missing is not null)
        {
            throw new UserErrorException($"--compare plays attacks and captures them live, which needs {missing}.");
        }

        return missing is null
            ? new(null, "Watching the live system calls of this machine.")
            : new(
                Path.Combine(AppContext.BaseDirectory, "capture.avro"),
                $"Live capture needs {missing}: replaying a recorded capture instead.");
    }
}
