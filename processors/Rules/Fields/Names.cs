using System.Collections.Frozen;
using System.Globalization;
using Syscribe.Events;

namespace Syscribe.Rules.Fields;

/// <summary>Names of the kernel: event types, parameters, errors, capabilities.</summary>
public static class Names
{
    private static readonly string[] Capabilities =
        ("CHOWN DAC_OVERRIDE DAC_READ_SEARCH FOWNER FSETID KILL SETGID SETUID SETPCAP LINUX_IMMUTABLE NET_BIND_SERVICE "
         + "NET_BROADCAST NET_ADMIN NET_RAW IPC_LOCK IPC_OWNER SYS_MODULE SYS_RAWIO SYS_CHROOT SYS_PTRACE SYS_PACCT SYS_ADMIN "
         + "SYS_BOOT SYS_NICE SYS_RESOURCE SYS_TIME SYS_TTY_CONFIG MKNOD LEASE AUDIT_WRITE AUDIT_CONTROL SETFCAP MAC_OVERRIDE "
         + "MAC_ADMIN SYSLOG WAKE_ALARM BLOCK_SUSPEND AUDIT_READ PERFMON BPF CHECKPOINT_RESTORE").Split(' ');

    private static readonly FrozenDictionary<long, Utf8> Errors = Lines("errno.txt").Select(line => line.Split(' '))
        .ToFrozenDictionary(parts => long.Parse(parts[0], CultureInfo.InvariantCulture), parts => Utf8.From(parts[1]));

    /// <summary>
    /// Event types that a condition may name: every system call of x86-64 and of its 32-bit table, <c>io_uring.</c> operations,
    /// and the events that are no system calls. From the headers and tracefs metadata of Linux 6.18.
    /// </summary>
    public static IReadOnlyCollection<string> EventTypes { get; } = Lines("event-types.txt").ToFrozenSet();

    /// <summary>Parameter names that some event has: Falco's and the kernel's.</summary>
    public static IReadOnlyCollection<string> Parameters { get; } = Lines("parameters.txt").ToFrozenSet();

    internal static Utf8 Success { get; } = Utf8.From("SUCCESS");

    internal static bool IsEventType(string name) =>
        ((FrozenSet<string>)EventTypes).Contains(name) || (name.StartsWith("syscall_", StringComparison.Ordinal) && name[8..].All(char.IsAsciiDigit));

    internal static bool IsParameter(string name) => ((FrozenSet<string>)Parameters).Contains(name);

    /// <summary>The symbolic name of a negated errno; <c>SUCCESS</c> from 0.</summary>
    internal static Utf8 Result(long value) =>
        value >= 0 ? Success : Errors.TryGetValue(-value, out var name) ? name : default;

    /// <summary>Capability names of a mask, joined by blanks.</summary>
    internal static Utf8 CapabilityText(ulong mask)
    {
        var names = new List<string>();
        for (var i = 0; i < Capabilities.Length; i++)
        {
            if ((mask >> i & 1) != 0)
            {
                names.Add("CAP_" + Capabilities[i]);
            }
        }

        return Utf8.From(string.Join(' ', names));
    }

    internal static string[] Lines(string resource)
    {
        using var stream = typeof(Names).Assembly.GetManifestResourceStream(resource)
            ?? throw new InvalidOperationException($"{resource} is not embedded in {typeof(Names).Assembly.GetName().Name}");
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }
}
