namespace Syscribe.Training.Data;

/// <summary>
/// System calls that do the same in other words. What a rule says of the trained members is what it would say of their
/// kin; the form of each call's event is <see cref="CallLayouts"/>'s.
/// </summary>
internal static class CallFamilies
{
    /// <summary>One family: which members training sees by default, and which it never does while they are held out.</summary>
    /// <param name="Name">For reports.</param>
    /// <param name="Seen">Trained members.</param>
    /// <param name="Kin">Members that are held out in evaluation.</param>
    /// <param name="Invented">Names that no kernel has, as the next one might; never trained.</param>
    internal sealed record Family(string Name, string[] Seen, string[] Kin, string[] Invented);

    /// <summary>All families. Calls that are in none stand for themselves.</summary>
    public static IReadOnlyList<Family> All { get; } =
    [
        new("exec", ["execve"], ["execveat"], ["execvex", "execve2", "execve3", "pidfd_execve"]),
        new("open", ["open"], ["openat", "openat2", "open_by_handle_at", "io_uring.openat", "io_uring.openat2"], ["openat4", "fdopenat", "open3", "ring.open_file"]),
        new("rename", ["rename"], ["renameat", "renameat2", "io_uring.renameat"], ["renameat3", "rename_fd", "io_rename"]),
        new("unlink", ["unlink"], ["unlinkat", "io_uring.unlinkat"], ["unlinkat2", "funlink", "unlink_path"]),
        new("link", ["link"], ["linkat", "io_uring.linkat"], ["linkat2", "link_v3", "flinkat"]),
        new("symlink", ["symlink"], ["symlinkat", "io_uring.symlinkat"], ["symlinkat2", "symlink_ex", "fsymlink"]),
        new("mkdir", ["mkdir"], ["mkdirat", "io_uring.mkdirat"], ["mkdirat2", "mkdirp", "xmkdir"]),
        new("chmod", ["chmod"], ["fchmod", "fchmodat", "fchmodat2"], ["fchmodat3", "chmodx", "lchmod"]),
        new("module", ["init_module"], ["finit_module"], ["finit_module2", "init_module_fd", "load_init_module"]),
        new("dup", ["dup", "dup2"], ["dup3"], ["dup4", "dup_range", "fd_dup"]),
        new("setuid", ["setuid"], ["setreuid", "setresuid", "setfsuid"], ["setuid2", "setuidat", "pidfd_setuid"]),
        new("connect", ["connect"], ["io_uring.connect"], ["connectat", "connect2", "uring_connect"]),
    ];

    /// <summary>
    /// Calls whose purpose is that of a rule's call, but whose name shares nothing with it or whose event shows nothing of what
    /// the rule reads. No transfer can be asked of a model, and to call them harmless would be wrong: neither training nor the
    /// evaluation's benign events hold them.
    /// </summary>
    public static IReadOnlyList<string> Unrelated { get; } =
    [
        "process_vm_readv", "process_vm_writev", "pidfd_getfd", "io_uring.socket",
        "mknod", "mknodat", "truncate", "ftruncate", "io_uring.ftruncate", // They make and empty files, as open(2) does.
    ];

    /// <summary>Further names that no kernel has, of calls without a family.</summary>
    private static readonly string[] InventedAlone = ["ptrace2", "socket2", "bpf2", "setns2", "unshare2"];

    /// <summary>Held out in evaluation.</summary>
    public static IReadOnlyList<string> DefaultHoldOut { get; } = [.. All.SelectMany(family => family.Kin)];

    /// <summary>The family of a call; null where it has none.</summary>
    public static Family? Of(string call) => All.FirstOrDefault(family => family.Seen.Contains(call) || family.Kin.Contains(call));

    /// <summary>The calls that a user names: one, or all real ones of <c>family:NAME</c>.</summary>
    /// <exception cref="FormatException">There is no such family.</exception>
    public static IEnumerable<string> Named(string name)
    {
        const string Prefix = "family:";
        if (!name.StartsWith(Prefix, StringComparison.Ordinal))
        {
            return [name];
        }

        return All.FirstOrDefault(family => family.Name == name[Prefix.Length..]) is { } family
            ? [.. family.Seen, .. family.Kin]
            : throw new FormatException($"There is no {name}; there are {string.Join(", ", All.Select(family => Prefix + family.Name))}.");
    }

    /// <summary>
    /// What training must not name: the calls held out, the kin that no rule names, whose label nobody has decided,
    /// <see cref="Unrelated"/>, and the invented ones.
    /// </summary>
    public static HashSet<string> Untrained(IEnumerable<string> holdOut, IEnumerable<string> named)
    {
        var untrained = new HashSet<string>(holdOut, StringComparer.Ordinal);
        untrained.UnionWith(DefaultHoldOut.Concat(Unrelated).Except(named));
        untrained.UnionWith(All.SelectMany(family => family.Invented).Concat(InventedAlone));
        return untrained;
    }

    /// <summary>The same event by a call that no rule names.</summary>
    public static Draft Unknown(Draft draft) => Renamed(draft, "unknown");

    /// <summary>
    /// The same intent by another call of the family; null where that call's event cannot show what the rules judge: the path as
    /// written by a handle, the outcome by a ring.
    /// </summary>
    public static Draft? Twin(Draft draft, string call)
    {
        if (All.Any(family => family.Invented.Contains(call)))
        {
            return Renamed(draft, call);
        }

        var twin = draft.Clone();
        twin.Call = call;
        var isRing = call.StartsWith("io_uring.", StringComparison.Ordinal);
        var isHandle = call == "open_by_handle_at";
        if (isRing)
        {
            // Whether it makes the file is not known yet.
            var makes = draft.Flags.Contains("O_CREAT", StringComparison.Ordinal);
            twin.Flags = draft.Flags.Replace("|O_F_CREATED", "", StringComparison.Ordinal);
            if (draft.Failed || (makes && twin.Flags == draft.Flags) || draft.FdType is not (null or "file" or "ipv4" or "ipv6" or "unix"))
            {
                return null;
            }

            twin.Return = null;
        }

        return isHandle && (draft.Flags.Contains("O_CREAT", StringComparison.Ordinal) || draft.RawPath is not null || draft.Failed) ? null : twin;
    }

    private static Draft Renamed(Draft draft, string call)
    {
        var renamed = draft.Clone();
        (renamed.Form, renamed.Call) = (draft.Form ?? draft.Call, call);
        return renamed;
    }
}
