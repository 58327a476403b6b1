using System.Text.RegularExpressions;
using Syscribe.Events;

namespace Syscribe.Capture.Syscalls;

/// <summary>The kernel's own description of its system calls: <c>events/syscalls/sys_enter_*/format</c> below tracefs.</summary>
internal static partial class Tracefs
{
    private static readonly string[] Mounts = ["/sys/kernel/tracing", "/sys/kernel/debug/tracing"];

    // The kernel's function name where it differs from the name that programs use.
    private static readonly Dictionary<string, string> Aliases = new()
    {
        ["newstat"] = "stat",
        ["newfstat"] = "fstat",
        ["newlstat"] = "lstat",
        ["newuname"] = "uname",
        ["sendfile64"] = "sendfile",
        ["umount"] = "umount2",
    };

    // A char pointer is a buffer unless it is const or has one of these names.
    private static readonly HashSet<string> MutableTexts =
        ["name", "filename", "dev_name", "dir_name", "type", "pathname", "path", "specialfile"];

    private static readonly HashSet<string> ConstBuffers = ["buf", "u_msg_ptr", "ubuf", "optval"];

    private static readonly HashSet<string> InputAddresses = ["uservaddr", "umyaddr", "addr"];

    private static readonly HashSet<string> Descriptors =
        ["fd", "fildes", "ufd", "epfd", "mqdes", "pidfd", "mnt_fd", "fs_fd", "fd_in", "ifd", "oldfd", "uffd", "mountdirfd", "out_fd", "fdin"];

    private static readonly HashSet<string> Directories =
        ["dfd", "dirfd", "olddfd", "newdfd", "from_dfd", "to_dfd"];

    private static readonly HashSet<string> NonPathTexts =
        ["_type", "_description", "_callout_info", "_fs_name", "_key", "uname", "u_name", "type", "dev_name", "special", "name_user", "uargs"];

    /// <summary>The tracefs mount, mounting it where that is possible; null where there is none.</summary>
    public static string? FindEvents()
    {
        foreach (var mount in Mounts)
        {
            var events = Path.Combine(mount, "events", "syscalls");
            if (Directory.Exists(events) || (mount == Mounts[0] && Mount(mount) && Directory.Exists(events)))
            {
                return events;
            }
        }

        return null;
    }

    /// <summary>Arguments by system call name, from every <c>sys_enter_*</c> below <paramref name="events"/>.</summary>
    public static Dictionary<string, SyscallArg[]> ReadAll(string events)
    {
        var calls = new Dictionary<string, SyscallArg[]>();
        foreach (var directory in Directory.EnumerateDirectories(events, "sys_enter_*"))
        {
            var name = Path.GetFileName(directory)["sys_enter_".Length..];
            calls[Aliases.GetValueOrDefault(name, name)] = Parse(File.ReadAllText(Path.Combine(directory, "format")));
        }

        return calls;
    }

    /// <summary>The arguments in a <c>format</c> file: every field after <c>__syscall_nr</c>.</summary>
    public static SyscallArg[] Parse(string format)
    {
        var fields = Field().Matches(format);
        return [.. fields
            .SkipWhile(field => field.Groups["name"].Value != "__syscall_nr")
            .Skip(1)
            .Take(6)
            .Select(field => Argument(field.Groups["type"].Value.Trim(), field.Groups["name"].Value))];
    }

    private static SyscallArg Argument(string type, string name)
    {
        var kind = Kind(type, name);
        var role = kind == ArgKind.String ? NonPathTexts.Contains(name) ? ArgRole.Text : ArgRole.Path
            : type.Contains('*') ? ArgRole.Plain
            : Directories.Contains(name) ? ArgRole.Directory
            : Descriptors.Contains(name) ? ArgRole.Descriptor
            : ArgRole.Plain;
        return new SyscallArg(Utf8.From(name), kind, role is ArgRole.Descriptor or ArgRole.Directory ? ArgWidth.Int : Width(type), role);
    }

    private static ArgKind Kind(string type, string name)
    {
        if (type is "struct sockaddr *" && InputAddresses.Contains(name))
        {
            return ArgKind.Sockaddr;
        }

        var isText = (type is "const char *" && !ConstBuffers.Contains(name)) || (type is "char *" && MutableTexts.Contains(name));
        return isText ? ArgKind.String : ArgKind.Number;
    }

    private static ArgWidth Width(string type) => type switch
    {
        "int" or "pid_t" or "clockid_t" or "timer_t" or "key_serial_t" or "mqd_t" or "key_t" or "rwf_t" => ArgWidth.Int,
        "unsigned int" or "unsigned" or "uid_t" or "gid_t" or "qid_t" or "u32" or "__u32" or "umode_t" or "uint32_t" => ArgWidth.UInt,
        _ => ArgWidth.Word,
    };

    private static bool Mount(string target)
    {
        try
        {
            return NativeMethods.Mount("tracefs", target, "tracefs", 0, 0) == 0;
        }
        catch (EntryPointNotFoundException)
        {
            return false;
        }
    }

    [GeneratedRegex(@"field:(?<type>[^;]*?)(?<name>\w+);", RegexOptions.CultureInvariant)]
    private static partial Regex Field();
}
