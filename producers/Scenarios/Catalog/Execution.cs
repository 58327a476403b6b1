using static Syscribe.Scenarios.ScenarioCommand;

namespace Syscribe.Scenarios;

public static partial class ScenarioCatalog
{
    private static Scenario[] Execution() =>
    [
        InContainer("container-shell", "Interactive shell in container",
            "Starts a shell on a new pseudo-terminal.",
            Syscalls("terminal /bin/sh -c id")),
        .. new[]
        {
            OnHost("service-account-shell", "Interactive shell of a service account",
                "Becomes the user daemon and starts a shell on a new pseudo-terminal.",
                Syscalls("setresuid 1 1 1 , terminal /bin/sh -c id")),
        }.AsRoot(),
        .. Everywhere("server-shell", "Server program started a shell",
            "A program named nginx starts a shell.",
            StandIn("nginx", "run /bin/sh -c true")),
        .. Everywhere("memory-execution", "Program executed from memory",
            "Copies a program into an anonymous memory file and executes that.",
            Syscalls("f=openat AT_FDCWD {syscalls} O_RDONLY , m=memfd_create cache 0 , copy $f $m , execveat $m  AT_EMPTY_PATH worker")),
        .. Everywhere("shared-memory-execution", "Program executed from shared memory",
            "Copies a program to /dev/shm and executes it there.",
            Shell("cp {syscalls} /dev/shm/syscribe-{id} && /dev/shm/syscribe-{id}")).Leaving("/dev/shm/syscribe-{id}"),
        .. Everywhere("temporary-execution", "Program dropped in a temporary directory executed",
            "Copies a program to /tmp and executes it there.",
            Shell("cp {syscalls} /tmp/syscribe-{id} && /tmp/syscribe-{id}")).Leaving("/tmp/syscribe-{id}"),
        InContainer("container-drift", "Program missing from the container image executed",
            "Makes a new program file in the container and executes it.",
            Shell("cp {syscalls} /opt/fresh && /opt/fresh")),
        .. Everywhere("encoded-payload", "Encoded payload handed to a shell",
            "Pipes decoded base64 text, the command true, into a shell.",
            Shell("echo dHJ1ZQo= | base64 -d | sh")),
    ];
}
