using static Syscribe.Scenarios.ScenarioCommand;

namespace Syscribe.Scenarios;

public static partial class ScenarioCatalog
{
    private static Scenario[] Credentials() =>
    [
        .. Everywhere("secret-traversal", "Secret file reached by path traversal",
            "Opens /etc/shadow through a path with steps upwards, and reads nothing.",
            Syscalls("openat AT_FDCWD /etc/../../etc/shadow O_RDONLY")).AsRoot(),
        .. Everywhere("secret-read", "Secret file read by an unexpected program",
            "Opens /etc/shadow, and reads nothing.",
            Syscalls("openat AT_FDCWD /etc/shadow O_RDONLY")).AsRoot(),
        .. Everywhere("secret-symlink", "Link made to a sensitive file",
            "Makes a symbolic link to /etc/shadow.",
            Shell("ln -s /etc/shadow {work}/notes")),
        .. Everywhere("key-search", "Search for private keys or passwords",
            "Searches an empty directory for a file named id_rsa.",
            Installed("find", "{work}", "-name", "id_rsa")),
        .. Everywhere("password-search", "Search for private keys or passwords",
            "Searches an empty directory for the first line of a private key.",
            Installed("grep", "-r", "BEGIN RSA PRIVATE KEY", "{work}") with { MayFail = true }),
        .. Everywhere("cloud-credentials", "Cloud credentials read by a general tool",
            "Reads an empty .aws/credentials in a made-up home directory with cat.",
            Shell("mkdir -p {work}/home/.aws && : > {work}/home/.aws/credentials && cat {work}/home/.aws/credentials")),
        InContainer("pod-token", "Service account token read by a general tool",
            "Reads a made-up Kubernetes token with cat.",
            Shell("d=/var/run/secrets/kubernetes.io/serviceaccount; mkdir -p $d && echo none > $d/token && cat $d/token")),
        .. Everywhere("process-environment", "Process environment read by a general tool",
            "Reads its own environment below /proc with cat.",
            Installed("cat", "/proc/self/environ")),
        .. Everywhere("cloud-metadata", "Cloud metadata service contacted",
            "Connects to 169.254.169.254 in a network of its own, under the name curl.",
            StandIn("curl", $"{FreshNetwork} network 169.254.169.254 , listen-on in:169.254.169.254:80 , f=socket AF_INET SOCK_STREAM 0 , connect $f in:169.254.169.254:80 #"))
            .AsRoot(),
    ];
}
