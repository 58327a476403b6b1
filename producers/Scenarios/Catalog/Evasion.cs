using static Syscribe.Scenarios.ScenarioCommand;

namespace Syscribe.Scenarios;

public static partial class ScenarioCatalog
{
    private static Scenario[] Evasion() =>
    [
        .. Everywhere("log-cleared", "Security log cleared",
            "Makes a directory of its own in /var/log with an auth.log, and empties and removes that.",
            Shell("mkdir /var/log/syscribe-{id} && cd /var/log/syscribe-{id} && echo entry >> auth.log && : > auth.log && rm /var/log/syscribe-{id}/auth.log"))
            .AsRoot("/var/log/syscribe-{id}"),
        .. Everywhere("history-emptied", "Shell history erased",
            "Empties a .bash_history in a made-up home directory.",
            Shell("mkdir -p {work}/home && echo id >> {work}/home/.bash_history && : > {work}/home/.bash_history")),
        .. Everywhere("history-removed", "Shell history erased",
            "Removes a .bash_history in a made-up home directory.",
            Shell("mkdir -p {work}/home && echo id >> {work}/home/.bash_history && rm {work}/home/.bash_history")),
        .. Everywhere("hidden-directory", "Hidden entry outside home directories",
            "Makes a directory in /tmp whose name starts with a dot.",
            Installed("mkdir", "/tmp/.syscribe-{id}")).Leaving("/tmp/.syscribe-{id}"),
        .. Everywhere("hidden-file", "Hidden entry outside home directories",
            "Makes a file in /var/tmp whose name starts with a dot.",
            Shell(": > /var/tmp/.syscribe-{id}")).Leaving("/var/tmp/.syscribe-{id}"),
        .. Everywhere("ptrace-attach", "Process attached or altered through ptrace",
            "Attaches to a child of its own through ptrace.",
            Syscalls("p=sleeper , ptrace PTRACE_ATTACH $p 0 0 , wait $p")),
        .. Everywhere("ptrace-traceme", "Process closed itself to debuggers",
            "Asks its parent to trace it.",
            Syscalls("ptrace PTRACE_TRACEME 0 0 0")),
        .. Everywhere("process-memory", "Memory of another process opened for writing",
            "Opens the memory of a child of its own for writing, and writes nothing.",
            Shell("sleep 5 & exec 3<>/proc/$!/mem; kill $!")),
    ];
}
