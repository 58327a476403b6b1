using static Syscribe.Scenarios.ScenarioCommand;

namespace Syscribe.Scenarios;

public static partial class VariantCatalog
{
    private static Variant[] FilesRead() =>
    [
        .. Of(
            new Intent("secret-read", "Secret file read by an unexpected program", "Opens /etc/shadow for reading", "/etc/shadow") { NeedsRoot = true },
            OpenAnyhow("/etc/shadow", ReadOnly)),
        .. Of(
            new Intent("secret-traversal", "Secret file reached by path traversal", "Opens /etc/shadow through a path with steps upwards", "/etc/../../etc/shadow")
            {
                NeedsRoot = true,
            },
            Open("/etc/../../etc/shadow", ReadOnly)),
        .. Of(
            new Intent("cloud-credentials", "Cloud credentials read by a general tool", "Opens an empty .aws/credentials, under the name cat", "/.aws/credentials")
            {
                Before = [Shell("mkdir {work}/.aws && : > {work}/.aws/credentials")], Program = "cat", Arguments = "{work}/.aws/credentials",
            },
            OpenAnyhow("{work}/.aws/credentials", ReadOnly)),
        .. Of(
            new Intent("pod-token", "Service account token read by a general tool", "Opens a made-up Kubernetes token, under the name cat", "/serviceaccount/token")
            {
                Where = ScenarioWhere.Container,
                Before = [Shell("d=/var/run/secrets/kubernetes.io/serviceaccount; mkdir -p $d && : > $d/token")],
                Program = "cat",
                Arguments = "/var/run/secrets/kubernetes.io/serviceaccount/token",
            },
            Open("/var/run/secrets/kubernetes.io/serviceaccount/token", ReadOnly)),
        .. Of(
            new Intent("process-environment", "Process environment read by a general tool", "Opens its own environment below /proc, under the name cat", "/environ")
            {
                Program = "cat", Arguments = "/proc/self/environ",
            },
            Open("/proc/self/environ", ReadOnly)),
    ];

    private static Variant[] FilesWritten() =>
    [
        .. Of(
            new Intent("authorized-keys", "SSH authorized keys changed", "Opens authorized_keys in a scratch directory for appending", "/.ssh/authorized_keys")
            {
                Before = [Shell("mkdir {work}/.ssh")],
            },
            OpenAnyhow("{work}/.ssh/authorized_keys", AppendNew)),
        .. Of(
            new Intent("shell-startup", "Shell startup file changed", "Opens .bashrc in a scratch directory for appending", "/.bashrc"),
            OpenAnyhow("{work}/.bashrc", AppendNew)),
        .. Of(
            new Intent("cron-table", "Scheduled job changed", "Makes a file in /etc/cron.d", "/etc/cron.d/task")
            {
                Where = ScenarioWhere.Container, Before = [Shell("mkdir -p /etc/cron.d")],
            },
            Open("/etc/cron.d/task", New)),
        .. Of(
            new Intent("account-by-hand", "Account database changed by hand", "Opens /etc/passwd for appending", "/etc/passwd") { Where = ScenarioWhere.Container },
            Open("/etc/passwd", Append)),
        .. Of(
            new Intent("program-directory", "Program directory written", "Makes a file in /usr/local/bin", "/usr/local/bin/syscribe-")
            {
                NeedsRoot = true, Traces = ["/usr/local/bin/syscribe-{id}"],
            },
            OpenAnyhow("/usr/local/bin/syscribe-{id}", New)),
        .. Of(
            new Intent("system-configuration", "System configuration written", "Makes a file in /etc", "/etc/syscribe-")
            {
                NeedsRoot = true, Traces = ["/etc/syscribe-{id}"],
            },
            OpenAnyhow("/etc/syscribe-{id}", New)),
        .. Of(
            new Intent("release-agent", "Cgroup release agent written", "Makes an ordinary file of the name release_agent", "/release_agent"),
            OpenAnyhow("{work}/release_agent", New)),
        .. Of(
            new Intent("hidden-file", "Hidden entry outside home directories", "Makes a file in /var/tmp whose name starts with a dot", "/var/tmp/.syscribe-")
            {
                Traces = ["/var/tmp/.syscribe-{id}"],
            },
            Open("/var/tmp/.syscribe-{id}", New)),
        .. Of(
            new Intent("log-emptied", "Security log cleared", "Empties an auth.log in a directory of its own in /var/log", "/auth.log")
            {
                NeedsRoot = true,
                Before = [Shell("mkdir /var/log/syscribe-{id}")],
                Traces = ["/var/log/syscribe-{id}"],
            },
            Existing("/var/log/syscribe-{id}/auth.log", [.. OpenAnyhow("/var/log/syscribe-{id}/auth.log", Emptied)])),
        .. Of(
            new Intent("process-memory", "Memory of another process opened for writing", "Opens the memory of a child of its own for writing", "/mem"),
            Open("/proc/$p/mem", ReadWrite).Select(way => way with { Steps = Sleeper + way.Steps })),
    ];

    private static Variant[] FilesNamed() =>
    [
        .. Of(
            new Intent("preload-list", "Preload library list changed", "Renames an empty file to /etc/ld.so.preload", "/etc/ld.so.preload") { Where = ScenarioWhere.Container },
            Rename("/etc/list", "/etc/ld.so.preload")),
        .. Of(
            new Intent("program-moved", "System program moved or removed", "Renames an empty file in /usr/local/bin", "/usr/local/bin/syscribe-")
            {
                NeedsRoot = true, Traces = ["/usr/local/bin/syscribe-{id}", "/usr/local/bin/syscribe-{id}.old"],
            },
            Rename("/usr/local/bin/syscribe-{id}", "/usr/local/bin/syscribe-{id}.old")),
        .. Of(
            new Intent("program-removed", "System program moved or removed", "Removes an empty file from /usr/local/bin", "/usr/local/bin/syscribe-")
            {
                NeedsRoot = true, Traces = ["/usr/local/bin/syscribe-{id}"],
            },
            Remove("/usr/local/bin/syscribe-{id}")),
        .. Of(
            new Intent("log-removed", "Security log cleared", "Removes an auth.log from a directory of its own in /var/log", "/auth.log")
            {
                NeedsRoot = true, Before = [Shell("mkdir /var/log/syscribe-{id}")], Traces = ["/var/log/syscribe-{id}"],
            },
            Remove("/var/log/syscribe-{id}/auth.log")),
        .. Of(
            new Intent("history-removed", "Shell history erased", "Removes a .bash_history from a scratch directory", "/.bash_history"),
            Remove("{work}/.bash_history")),
        .. Of(
            new Intent("secret-symlink", "Link made to a sensitive file", "Makes a symbolic link to /etc/shadow", "/etc/shadow"),
            SymbolicLink("/etc/shadow", "{work}/notes")),
        .. Of(
            new Intent("secret-hard-link", "Link made to a sensitive file", "Makes a hard link to /etc/shadow", "/etc/shadow") { Where = ScenarioWhere.Container },
            Link("/etc/shadow", "{work}/notes")),
        .. Of(
            new Intent("hidden-directory", "Hidden entry outside home directories", "Makes a directory in /tmp whose name starts with a dot", "/tmp/.syscribe-")
            {
                Traces = ["/tmp/.syscribe-{id}"],
            },
            MakeDirectory("/tmp/.syscribe-{id}")),
        .. Of(
            new Intent("setuid-bit", "Setuid bit set", "Sets the setuid bit of an empty file", "/tool"),
            ChangeMode("{work}/tool", "04755")),
    ];
}
