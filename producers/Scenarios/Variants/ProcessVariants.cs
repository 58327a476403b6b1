using static Syscribe.Scenarios.ScenarioCommand;

namespace Syscribe.Scenarios;

public static partial class VariantCatalog
{
    private const string Sleeper = "p=sleeper , ";

    // The address is of the range for documentation, on the loopback device of a network of its own.
    private const string ConnectedTo203 = "network 203.0.113.7 , listen-on in:203.0.113.7:443 , f=socket AF_INET SOCK_STREAM 0 , ";

    private static Variant[] ProgramsStarted() =>
    [
        .. Of(
            new Intent("temporary-execution", "Program dropped in a temporary directory executed", "Executes a program in /tmp", "/tmp/syscribe-")
            {
                Before = [Shell("cp {syscalls} /tmp/syscribe-{id}")], Traces = ["/tmp/syscribe-{id}"],
            },
            [.. Execute("", "/tmp/syscribe-{id}", ""), ExecuteDescriptor("", "/tmp/syscribe-{id}")]),
        .. Of(
            new Intent("memory-execution", "Program executed from memory", "Executes a program out of an anonymous memory file", "memfd:cache"),
            [.. Execute(InMemory, "/proc/self/fd/9", "worker"), ExecuteDescriptor(InMemory, "/proc/self/fd/9")]),
        .. Of(
            new Intent("container-mount", "Mount command in container", "Mounts a memory file system with the mount program", "/busybox")
            {
                Where = ScenarioWhere.Container, Rights = ContainerRights.Administrator, Executed = "mount",
            },
            Execute("", "/bin/mount", "-t tmpfs none /mnt")),
    ];

    private const string InMemory = "f=openat AT_FDCWD {syscalls} O_RDONLY , m=memfd_create cache 0 , copy $f $m , dup3 $m 9 0 , ";

    private static Variant[] ProcessesEntered() =>
    [
        .. Of(
            new Intent("process-entered", "Process attached or altered through ptrace", "Takes hold of a child of its own", null),
            new Way("ptrace", Sleeper + "ptrace PTRACE_ATTACH $p 0 0"),
            new Way("process_vm_writev", Sleeper + "process_vm_writev $p vec 1 vec 1 0"),
            new Way("process_vm_readv", Sleeper + "process_vm_readv $p vec 1 vec 1 0"),
            new Way("pidfd_getfd", Sleeper + "f=pidfd_open $p 0 , pidfd_getfd $f 0 0")),
        .. Of(
            new Intent("module-load", "Kernel module load attempted", "Asks the kernel to load what is no module", null),
            new Way("init_module", "init_module buf # @") { Refusal = "a module of zeros is none, and a container has no right to load any" },
            new Way("finit_module", "f=openat AT_FDCWD {syscalls} O_RDONLY , finit_module $f @ 0")
            {
                Refusal = "the file is a program and no module, and a container has no right to load any",
            }),
    ];

    // Each way gives root's identity up with a call of another name, and keeps what it needs to take it back.
    private static Variant[] RightsTaken() =>
    [
        .. Of(
            new Intent("setuid-root", "Root identity taken by setuid", "Takes back root's identity that it gave up", null) { NeedsRoot = true },
            new Way("setuid", "setresuid 65534 65534 0 , setuid 0"),
            new Way("setreuid", "setresuid 65534 65534 0 , setreuid -1 0"),
            new Way("setresuid", "setreuid -1 65534 , setresuid 0 0 0")),
    ];

    private static Variant[] Connections() =>
    [
        .. Of(
            new Intent("shell-connection", "Network connection from a shell or one-line script", "Connects in a network of its own, under the name bash", null)
            {
                Program = "bash", InFreshNetwork = true, NeedsRoot = true, Rights = ContainerRights.Administrator,
            },
            Connect(ConnectedTo203, "in:203.0.113.7:443", 16)),
        .. Of(
            new Intent("cloud-metadata", "Cloud metadata service contacted", "Connects to 169.254.169.254 in a network of its own, under the name curl", null)
            {
                Program = "curl", Arguments = "-s http://169.254.169.254/", InFreshNetwork = true, NeedsRoot = true, Rights = ContainerRights.Administrator,
            },
            Connect(ConnectedTo203.Replace("203.0.113.7", "169.254.169.254", StringComparison.Ordinal), "in:169.254.169.254:443", 16)),
        .. Of(
            new Intent("runtime-socket", "Container runtime contacted from a container", "Connects to a socket of its own at /run/docker.sock", null)
            {
                Where = ScenarioWhere.Container,
            },
            Connect("listen-on un:/run/docker.sock , f=socket AF_UNIX SOCK_STREAM 0 , ", "un:/run/docker.sock", 110)),
        .. Of(
            new Intent("reverse-shell", "Network socket put on a standard stream", "Connects in a network of its own and puts the socket on standard input", null)
            {
                InFreshNetwork = true, NeedsRoot = true, Rights = ContainerRights.Administrator,
            },
            new Way("dup2", ConnectedTo203 + "connect $f in:203.0.113.7:443 # , dup2 $f 0"),
            new Way("dup3", ConnectedTo203 + "connect $f in:203.0.113.7:443 # , dup3 $f 0 0"),
            new Way("dup", ConnectedTo203 + "connect $f in:203.0.113.7:443 # , close 0 , dup $f")),
        .. Of(
            new Intent("packet-socket", "Packet socket opened in container", "Opens a packet socket", null) { Where = ScenarioWhere.Container },
            new Way("socket", "socket AF_PACKET SOCK_RAW 0"),
            new Way(Uring + "socket", "io-uring IORING_OP_SOCKET AF_PACKET 0 0 SOCK_RAW 0")),
    ];
}
