namespace Syscribe.Capture.Text;

/// <summary>
/// Falco's flag tables (<c>driver/flags_table.c</c>): names, their order and Falco's own bit values, which differ from
/// the kernel's for files, clone and openat2; <see cref="FalcoFlags"/> translates.
/// </summary>
internal static class FlagTables
{
    public static readonly FlagTable File = FlagTable.Bits(
        (FalcoFlags.LargeFile, "O_LARGEFILE"),
        (FalcoFlags.Directory, "O_DIRECTORY"),
        (FalcoFlags.Direct, "O_DIRECT"),
        (FalcoFlags.Truncate, "O_TRUNC"),
        (FalcoFlags.Sync, "O_SYNC"),
        (FalcoFlags.NonBlock, "O_NONBLOCK"),
        (FalcoFlags.Exclusive, "O_EXCL"),
        (FalcoFlags.DataSync, "O_DSYNC"),
        (FalcoFlags.Append, "O_APPEND"),
        (FalcoFlags.Create, "O_CREAT"),
        (FalcoFlags.ReadWrite, "O_RDWR"),
        (FalcoFlags.WriteOnly, "O_WRONLY"),
        (FalcoFlags.ReadOnly, "O_RDONLY"),
        (FalcoFlags.CloseOnExec, "O_CLOEXEC"),
        (0, "O_NONE"),
        (FalcoFlags.TemporaryFile, "O_TMPFILE"),
        (FalcoFlags.Created, "O_F_CREATED"),
        (FalcoFlags.UpperLayer, "FD_UPPER_LAYER"),
        (FalcoFlags.LowerLayer, "FD_LOWER_LAYER"));

    public static readonly FlagTable Creat = FlagTable.Bits((1, "FD_UPPER_LAYER_CREAT"), (2, "FD_LOWER_LAYER_CREAT"));

    public static readonly FlagTable Mode = FlagTable.Bits(
        (0x1, "S_IXOTH"), (0x2, "S_IWOTH"), (0x4, "S_IROTH"),
        (0x8, "S_IXGRP"), (0x10, "S_IWGRP"), (0x20, "S_IRGRP"),
        (0x40, "S_IXUSR"), (0x80, "S_IWUSR"), (0x100, "S_IRUSR"),
        (0x200, "S_ISVTX"), (0x400, "S_ISGID"), (0x800, "S_ISUID"));

    public static readonly FlagTable Exe = FlagTable.Bits(
        (1, "EXE_WRITABLE"), (2, "EXE_UPPER_LAYER"), (4, "EXE_FROM_MEMFD"), (8, "EXE_LOWER_LAYER"));

    public static readonly FlagTable Unlink = FlagTable.Bits((0x200, "AT_REMOVEDIR"));

    public static readonly FlagTable Link = FlagTable.Bits((0x400, "AT_SYMLINK_FOLLOW"), (0x1000, "AT_EMPTY_PATH"));

    public static readonly FlagTable ExecveAt = FlagTable.Bits((0x1000, "AT_EMPTY_PATH"), (0x100, "AT_SYMLINK_NOFOLLOW"));

    public static readonly FlagTable Rename = FlagTable.Bits(
        (1, "RENAME_NOREPLACE"), (2, "RENAME_EXCHANGE"), (4, "RENAME_WHITEOUT"));

    public static readonly FlagTable Resolve = FlagTable.Bits(
        (1, "RESOLVE_BENEATH"), (2, "RESOLVE_IN_ROOT"), (4, "RESOLVE_NO_MAGICLINKS"),
        (8, "RESOLVE_NO_SYMLINKS"), (16, "RESOLVE_NO_XDEV"), (32, "RESOLVE_CACHED"));

    public static readonly FlagTable Module = FlagTable.Bits(
        (1, "MODULE_INIT_IGNORE_MODVERSIONS"), (2, "MODULE_INIT_IGNORE_VERMAGIC"), (4, "MODULE_INIT_COMPRESSED_FILE"));

    public static readonly FlagTable Clone = FlagTable.Bits(
        (1, "CLONE_FILES"), (1 << 1, "CLONE_FS"), (1 << 2, "CLONE_IO"), (1 << 3, "CLONE_NEWIPC"), (1 << 4, "CLONE_NEWNET"),
        (1 << 5, "CLONE_NEWNS"), (1 << 6, "CLONE_NEWPID"), (1 << 7, "CLONE_NEWUTS"), (1 << 8, "CLONE_PARENT"),
        (1 << 9, "CLONE_PARENT_SETTID"), (1 << 10, "CLONE_PTRACE"), (1 << 11, "CLONE_SIGHAND"), (1 << 12, "CLONE_SYSVSEM"),
        (1 << 13, "CLONE_THREAD"), (1 << 14, "CLONE_UNTRACED"), (1 << 15, "CLONE_VM"), (1 << 20, "CLONE_NEWUSER"),
        (1 << 23, "CLONE_CHILD_CLEARTID"), (1 << 24, "CLONE_CHILD_SETTID"), (1 << 25, "CLONE_SETTLS"),
        (1 << 26, "CLONE_STOPPED"), (1 << 27, "CLONE_VFORK"), (1 << 28, "CLONE_NEWCGROUP"));

    public static readonly FlagTable Ptrace = FlagTable.Enum(
        (0, "PTRACE_UNKNOWN"), (1, "PTRACE_TRACEME"), (2, "PTRACE_PEEKTEXT"), (3, "PTRACE_PEEKDATA"), (4, "PTRACE_PEEKUSR"),
        (5, "PTRACE_POKETEXT"), (6, "PTRACE_POKEDATA"), (7, "PTRACE_POKEUSR"), (8, "PTRACE_CONT"), (9, "PTRACE_KILL"),
        (10, "PTRACE_SINGLESTEP"), (11, "PTRACE_ATTACH"), (12, "PTRACE_DETACH"), (13, "PTRACE_SYSCALL"),
        (14, "PTRACE_SETOPTIONS"), (15, "PTRACE_GETEVENTMSG"), (16, "PTRACE_GETSIGINFO"), (17, "PTRACE_SETSIGINFO"),
        (18, "PTRACE_GETREGSET"), (19, "PTRACE_SETREGSET"), (20, "PTRACE_SEIZE"), (21, "PTRACE_INTERRUPT"),
        (22, "PTRACE_LISTEN"), (23, "PTRACE_PEEKSIGINFO"), (24, "PTRACE_GETSIGMASK"), (25, "PTRACE_SETSIGMASK"),
        (26, "PTRACE_GETREGS"), (27, "PTRACE_SETREGS"), (28, "PTRACE_GETFPREGS"), (29, "PTRACE_SETFPREGS"),
        (30, "PTRACE_GETFPXREGS"), (31, "PTRACE_SETFPXREGS"), (32, "PTRACE_OLDSETOPTIONS"),
        (33, "PTRACE_GET_THREAD_AREA"), (34, "PTRACE_SET_THREAD_AREA"), (35, "PTRACE_ARCH_PRCTL"),
        (36, "PTRACE_SYSEMU"), (37, "PTRACE_SYSEMU_SINGLESTEP"), (38, "PTRACE_SINGLEBLOCK"));

    public static readonly FlagTable SocketFamily = FlagTable.Enum(
        (0, "AF_UNSPEC"), (1, "AF_LOCAL"), (1, "AF_UNIX"), (2, "AF_INET"), (3, "AF_AX25"), (4, "AF_IPX"), (5, "AF_APPLETALK"),
        (6, "AF_NETROM"), (7, "AF_BRIDGE"), (8, "AF_ATMPVC"), (9, "AF_X25"), (10, "AF_INET6"), (11, "AF_ROSE"), (12, "AF_DECnet"),
        (13, "AF_NETBEUI"), (14, "AF_SECURITY"), (15, "AF_KEY"), (16, "AF_NETLINK"), (16, "AF_ROUTE"), (17, "AF_PACKET"),
        (18, "AF_ASH"), (19, "AF_ECONET"), (20, "AF_ATMSVC"), (21, "AF_RDS"), (22, "AF_SNA"), (23, "AF_IRDA"), (24, "AF_PPPOX"),
        (25, "AF_WANPIPE"), (26, "AF_LLC"), (27, "AF_IB"), (28, "AF_MPLS"), (29, "AF_CAN"), (30, "AF_TIPC"), (31, "AF_BLUETOOTH"),
        (32, "AF_IUCV"), (33, "AF_RXRPC"), (34, "AF_ISDN"), (35, "AF_PHONET"), (36, "AF_IEEE802154"), (37, "AF_CAIF"),
        (38, "AF_ALG"), (39, "AF_NFC"), (40, "AF_VSOCK"), (41, "AF_KCM"), (42, "AF_QIPCRTR"), (43, "AF_SMC"), (44, "AF_XDP"),
        (45, "AF_MCTP"));

    public static readonly FlagTable BpfCommand = FlagTable.Enum(Numbered(
        "BPF_MAP_CREATE", "BPF_MAP_LOOKUP_ELEM", "BPF_MAP_UPDATE_ELEM", "BPF_MAP_DELETE_ELEM", "BPF_MAP_GET_NEXT_KEY",
        "BPF_PROG_LOAD", "BPF_OBJ_PIN", "BPF_OBJ_GET", "BPF_PROG_ATTACH", "BPF_PROG_DETACH", "BPF_PROG_TEST_RUN",
        "BPF_PROG_GET_NEXT_ID", "BPF_MAP_GET_NEXT_ID", "BPF_PROG_GET_FD_BY_ID", "BPF_MAP_GET_FD_BY_ID",
        "BPF_OBJ_GET_INFO_BY_FD", "BPF_PROG_QUERY", "BPF_RAW_TRACEPOINT_OPEN", "BPF_BTF_LOAD", "BPF_BTF_GET_FD_BY_ID",
        "BPF_TASK_FD_QUERY", "BPF_MAP_LOOKUP_AND_DELETE_ELEM", "BPF_MAP_FREEZE", "BPF_BTF_GET_NEXT_ID",
        "BPF_MAP_LOOKUP_BATCH", "BPF_MAP_LOOKUP_AND_DELETE_BATCH", "BPF_MAP_UPDATE_BATCH", "BPF_MAP_DELETE_BATCH",
        "BPF_LINK_CREATE", "BPF_LINK_UPDATE", "BPF_LINK_GET_FD_BY_ID", "BPF_LINK_GET_NEXT_ID", "BPF_ENABLE_STATS",
        "BPF_ITER_CREATE", "BPF_LINK_DETACH", "BPF_PROG_BIND_MAP", "BPF_TOKEN_CREATE"));

    public static readonly FlagTable Capabilities = FlagTable.Bits(CapabilityNames());

    private static (ulong Value, string Name)[] CapabilityNames()
    {
        var names = Numbered(
            "CHOWN", "DAC_OVERRIDE", "DAC_READ_SEARCH", "FOWNER", "FSETID", "KILL", "SETGID", "SETUID", "SETPCAP",
            "LINUX_IMMUTABLE", "NET_BIND_SERVICE", "NET_BROADCAST", "NET_ADMIN", "NET_RAW", "IPC_LOCK", "IPC_OWNER",
            "SYS_MODULE", "SYS_RAWIO", "SYS_CHROOT", "SYS_PTRACE", "SYS_PACCT", "SYS_ADMIN", "SYS_BOOT", "SYS_NICE",
            "SYS_RESOURCE", "SYS_TIME", "SYS_TTY_CONFIG", "MKNOD", "LEASE", "AUDIT_WRITE", "AUDIT_CONTROL", "SETFCAP",
            "MAC_OVERRIDE", "MAC_ADMIN", "SYSLOG", "WAKE_ALARM", "BLOCK_SUSPEND", "AUDIT_READ", "PERFMON", "BPF",
            "CHECKPOINT_RESTORE");
        return [.. names.Select(name => (1UL << (int)name.Value, "CAP_" + name.Name))];
    }

    private static (ulong Value, string Name)[] Numbered(params string[] names) =>
        [.. names.Select((name, index) => ((ulong)index, name))];
}
