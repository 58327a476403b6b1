using static Syscribe.Scenarios.ScenarioCommand;

namespace Syscribe.Scenarios;

public static partial class ScenarioCatalog
{
    private static Scenario[] Escalation() =>
    [
        .. Everywhere("setuid-root", "Root identity taken by setuid",
            "Gives up root's identity but for the saved user id, then takes it back with setuid.",
            Syscalls("setresuid 65534 65534 0 , setuid 0")).AsRoot(),
        .. Everywhere("setuid-bit", "Setuid bit set",
            "Sets the setuid bit of an empty file.",
            Shell(": > {work}/tool && chmod u+s {work}/tool")),
        .. Everywhere("module-load", "Kernel module load attempted",
            "Asks the kernel to load a module of zeros, which it refuses.",
            Syscalls("?init_module buf # @")),
        .. new[]
        {
            OnHost("bpf-program", "BPF program loaded by an unexpected process",
                "Loads a BPF socket filter of two instructions and attaches it to nothing.",
                Syscalls("bpf-program")),
        }.AsRoot(),
        .. Everywhere("page-faults", "Page faults claimed by an unprivileged process",
            "Becomes nobody and asks for a userfaultfd; whether it gets one does not matter.",
            Syscalls("setresuid 65534 65534 65534 , ?userfaultfd 0")).AsRoot(),
        .. Everywhere("pkexec-empty", "Policy kit started without a command",
            "Starts a program named pkexec without arguments.",
            StandIn("pkexec")),
        .. Everywhere("preload-temporary", "Loader environment abused",
            "Starts a program with LD_PRELOAD naming a file in /tmp that does not exist.",
            Installed("true") with { Environment = ["LD_PRELOAD=/tmp/syscribe-none.so"] }),
        OnHost("tunables-exploit", "Loader environment abused",
            "Starts a program with the GLIBC_TUNABLES pattern of CVE-2023-4911, without its payload.",
            Installed("true") with { Environment = ["GLIBC_TUNABLES=glibc.malloc.mxfast=glibc.malloc.mxfast=A"] }),
        .. Everywhere("release-agent", "Cgroup release agent written",
            "Writes an ordinary file of the name release_agent.",
            Shell("echo /bin/true > {work}/release_agent")),
        .. new[]
        {
            OnHost("core-pattern", "Kernel helper program changed",
                "Opens the kernel's core_pattern for writing, and writes nothing.",
                Syscalls("openat AT_FDCWD /proc/sys/kernel/core_pattern O_WRONLY")),
        }.AsRoot(),
        InContainer("container-unshare", "Namespace changed inside a container",
            "Makes a new host-name namespace.",
            Syscalls("unshare CLONE_NEWUTS")),
        InContainer("container-setns", "Namespace changed inside a container",
            "Enters the network namespace that it is in already.",
            Syscalls("f=openat AT_FDCWD /proc/self/ns/net O_RDONLY , setns $f 0")),
        InContainer("container-mount", "Mount command in container",
            "Mounts a memory file system with the mount program.",
            Installed("mount", "-t", "tmpfs", "none", "/mnt")),
        InContainer("runtime-socket", "Container runtime contacted from a container",
            "Connects to a socket of its own at /run/docker.sock.",
            Syscalls("listen-on un:/run/docker.sock , f=socket AF_UNIX SOCK_STREAM 0 , connect $f un:/run/docker.sock #")),
    ];
}
