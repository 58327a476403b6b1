namespace Syscribe.Scenarios;

// One function a family: the same thing by each call of it, the classic one first.
public static partial class VariantCatalog
{
    private const string Uring = "io_uring.";

    // Flags by number, as openat2's structure takes them: open(2).
    private const string ReadOnly = "0";
    private const string Append = "0x401";
    private const string AppendNew = "0x441";
    private const string New = "0x41";
    private const string Emptied = "0x201";
    private const string ReadWrite = "2";

    private static IEnumerable<Way> Open(string path, string flags)
    {
        yield return new("open", $"open {path} {flags} 0600");
        if (flags is New or AppendNew)
            yield return new("creat", $"creat {path} 0600");
        yield return new("openat", $"openat AT_FDCWD {path} {flags} 0600");
        yield return new("openat2", $"openat2 AT_FDCWD {path} how:{flags}:{(flags is New or AppendNew ? "0600" : "0")}:0 #");
        yield return new(Uring + "openat", $"io-uring IORING_OP_OPENAT AT_FDCWD {path} 0600 0 {flags}");
        yield return new(Uring + "openat2", $"io-uring IORING_OP_OPENAT2 AT_FDCWD {path} 24 how:{flags}:{(flags is New or AppendNew ? "0600" : "0")}:0 0");
    }

    // The file has to be there; a handle names it without its path, which is looked up by the descriptor while the process
    // lives: it stays a while, as one does that reads the file. Needs CAP_DAC_READ_SEARCH in the first user namespace.
    private static Way OpenByHandle(string path, string flags) => new(
        "open_by_handle_at",
        $"?mknodat AT_FDCWD {path} 0100600 0 , m=openat AT_FDCWD {path[..path.LastIndexOf('/')]} O_RDONLY , h=handle {path} , open_by_handle_at $m $h {flags}")
    {
        After = " , nanosleep how:0:300000000:0 0",
        OnHostOnly = true,
    };

    private static IEnumerable<Way> OpenAnyhow(string path, string flags) =>
        [.. Open(path, flags), OpenByHandle(path, flags switch { New or AppendNew => Append, _ => flags })];

    private static IEnumerable<Way> Remove(string path) => Existing(path,
        new("unlink", $"unlink {path}"),
        new("unlinkat", $"unlinkat AT_FDCWD {path} 0"),
        new(Uring + "unlinkat", $"io-uring IORING_OP_UNLINKAT AT_FDCWD {path} 0 0 0"));

    private static IEnumerable<Way> Rename(string from, string to) => Existing(from,
        new("rename", $"rename {from} {to}"),
        new("renameat", $"renameat AT_FDCWD {from} AT_FDCWD {to}"),
        new("renameat2", $"renameat2 AT_FDCWD {from} AT_FDCWD {to} 0"),
        new(Uring + "renameat", $"io-uring IORING_OP_RENAMEAT AT_FDCWD {from} AT_FDCWD {to} 0"));

    private static IEnumerable<Way> Link(string from, string to) =>
    [
        new("link", $"link {from} {to}"),
        new("linkat", $"linkat AT_FDCWD {from} AT_FDCWD {to} 0"),
        new(Uring + "linkat", $"io-uring IORING_OP_LINKAT AT_FDCWD {from} AT_FDCWD {to} 0"),
    ];

    private static IEnumerable<Way> SymbolicLink(string target, string path) =>
    [
        new("symlink", $"symlink {target} {path}"),
        new("symlinkat", $"symlinkat {target} AT_FDCWD {path}"),
        new(Uring + "symlinkat", $"io-uring IORING_OP_SYMLINKAT AT_FDCWD {target} 0 {path} 0"),
    ];

    private static IEnumerable<Way> MakeDirectory(string path) =>
    [
        new("mkdir", $"mkdir {path} 0700"),
        new("mkdirat", $"mkdirat AT_FDCWD {path} 0700"),
        new(Uring + "mkdirat", $"io-uring IORING_OP_MKDIRAT AT_FDCWD {path} 0700 0 0"),
    ];

    private static IEnumerable<Way> ChangeMode(string path, string mode) => Existing(path,
        new("chmod", $"chmod {path} {mode}"),
        new("fchmod", $"f=openat AT_FDCWD {path} O_RDONLY , fchmod $f {mode}"),
        new("fchmodat", $"fchmodat AT_FDCWD {path} {mode}"),
        new("fchmodat2", $"fchmodat2 AT_FDCWD {path} {mode} 0"));

    private static IEnumerable<Way> Execute(string before, string path, string argument) =>
    [
        new("execve", $"{before}exec {path} {argument}".TrimEnd()),
        new("execveat", $"{before}execveat AT_FDCWD {path} 0 {path} {argument}".TrimEnd()) { Event = "execve" },
    ];

    // By a descriptor and an empty path (the double blank), as fexecve(3) does it.
    private static Way ExecuteDescriptor(string before, string path) =>
        new("fexecve", $"{before}f=openat AT_FDCWD {path} O_RDONLY , execveat $f  AT_EMPTY_PATH {path}") { Event = "execve" };

    private static IEnumerable<Way> Connect(string before, string address, int size) =>
    [
        new("connect", $"{before}connect $f {address} #"),
        new(Uring + "connect", $"{before}io-uring IORING_OP_CONNECT $f {address} 0 {size} 0"),
    ];

    // Made by mknod, which no rule names.
    private static IEnumerable<Way> Existing(string path, params Way[] ways) =>
        ways.Select(way => way with { Steps = $"?mknodat AT_FDCWD {path} 0100600 0 , {way.Steps}" });
}
