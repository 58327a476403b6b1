using static Syscribe.Scenarios.ScenarioCommand;

namespace Syscribe.Scenarios;

public static partial class ScenarioCatalog
{
    private static Scenario[] Persistence() =>
    [
        OnHost("cron-table", "Scheduled job changed",
            "Starts a program named crontab with a table to install; it installs nothing.",
            StandIn("crontab", "{work}/table")),
        InContainer("cron-table-in-container", "Scheduled job changed",
            "Writes a file into /etc/cron.d.",
            Shell("mkdir -p /etc/cron.d && echo '# nothing' > /etc/cron.d/task")),
        InContainer("preload-list", "Preload library list changed",
            "Writes an empty /etc/ld.so.preload.",
            Shell(": > /etc/ld.so.preload")),
        .. Everywhere("authorized-keys", "SSH authorized keys changed",
            "Appends a line to authorized_keys in a made-up home directory.",
            Shell("mkdir -p {work}/home/.ssh && echo '# no key' >> {work}/home/.ssh/authorized_keys")),
        InContainer("account-by-hand", "Account database changed by hand",
            "Appends a user without a password to /etc/passwd.",
            Shell("echo 'eve::0:0::/:/bin/sh' >> /etc/passwd")),
        InContainer("service-unit", "System service unit changed",
            "Writes a systemd unit.",
            Shell("mkdir -p /etc/systemd/system && echo '[Service]' > /etc/systemd/system/eve.service")),
        .. Everywhere("shell-startup", "Shell startup file changed",
            "Appends a comment to .bashrc in a made-up home directory.",
            Shell("mkdir -p {work}/home && echo '# nothing' >> {work}/home/.bashrc")),
        .. Everywhere("program-directory", "Program directory written",
            "Writes an empty file into /usr/local/bin.",
            Shell(": > /usr/local/bin/syscribe-{id}")).AsRoot("/usr/local/bin/syscribe-{id}"),
        .. Everywhere("program-removed", "System program moved or removed",
            "Makes an empty file in /usr/local/bin, renames it and removes it.",
            Shell("cd /usr/local/bin && : > syscribe-{id} && mv syscribe-{id} syscribe-{id}.old && rm syscribe-{id}.old"))
            .AsRoot("/usr/local/bin/syscribe-{id}", "/usr/local/bin/syscribe-{id}.old"),
        .. Everywhere("system-configuration", "System configuration written",
            "Writes an empty file below /etc.",
            Shell(": > /etc/syscribe-{id}")).AsRoot("/etc/syscribe-{id}"),
    ];
}
