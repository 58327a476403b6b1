using static Syscribe.Scenarios.ScenarioCommand;

namespace Syscribe.Scenarios;

public static partial class ScenarioCatalog
{
    private static Scenario[] UpstreamFiles() =>
    [
        .. new[]
        {
            OnHost("secret-after-startup", null,
                "A program named httpd opens /etc/shadow six seconds after its start, and reads nothing.",
                StandIn("httpd", "nanosleep how:6:0:0 0 , openat AT_FDCWD /etc/shadow O_RDONLY")),
        }.AsRoot(),
        OnHost("credential-search", null,
            "Searches an empty directory for cloud credentials.",
            Installed("find", "{work}", "-path", "*/.aws/credentials")),
        OnHost("shell-configuration", null,
            "Makes and reads a .bashrc in a scratch directory with a program that is no shell.",
            Syscalls("openat AT_FDCWD {work}/.bashrc O_WRONLY|O_CREAT 0600 , openat AT_FDCWD {work}/.bashrc O_RDONLY")),
        OnHost("library-backdoor", null,
            "A program named sshd opens an empty file with the name of a library of CVE-2024-3094.",
            StandIn("sshd", "openat AT_FDCWD {work}/liblzma.so.5.6.0 O_CREAT 0600")),
        InContainer("secret-hard-link", null,
            "Makes a hard link to /etc/shadow.",
            Syscalls("linkat AT_FDCWD /etc/shadow AT_FDCWD {work}/notes 0")),
        InContainer("ssh-directory", null,
            "Appends a line to root's authorized_keys and reads it.",
            Shell("mkdir -p /root/.ssh && echo '# no key' >> /root/.ssh/authorized_keys && cat /root/.ssh/authorized_keys")),
        InContainer("device-file", null,
            "Makes an ordinary file in /dev.",
            Shell(": > /dev/fresh")),
        InContainer("block-device", null,
            "Makes an ordinary file with the name of a disk, and reads it.",
            Shell(": > /dev/sdz && cat /dev/sdz")),
        InContainer("host-directory", null,
            "Makes and reads a file below /host, where hosts' files are often mounted.",
            Shell("mkdir /host && : > /host/file && cat /host/file")),
        InContainer("entry-point", null,
            "Opens its own standard output for writing through /proc.",
            Syscalls("openat AT_FDCWD /proc/self/fd/1 O_WRONLY")),
        InContainer("artifact-copy", null,
            "Packs a file with tar as the container's first process, as a copy out of a pod does.",
            Installed("tar", "-cf", "/srv/out.tar", "/scenario.sh")) with { AsEntryPoint = true },
        InContainer("package-source", null,
            "Writes an empty list of package sources.",
            Shell("mkdir -p /etc/apt/sources.list.d && : > /etc/apt/sources.list.d/eve.list")),
        InContainer("package-database", null,
            "Writes an empty file where rpm keeps its database.",
            Shell("mkdir -p /var/lib/rpm && : > /var/lib/rpm/eve")),
        InContainer("program-directories", null,
            "Makes a directory in /usr/bin, and makes and removes a file there.",
            Shell("mkdir /usr/bin/eve.d && : > /usr/bin/eve && rm /usr/bin/eve")),
        InContainer("root-directory", null,
            "Makes a file in the root directory.",
            Shell(": > /eve")),
    ];
}
