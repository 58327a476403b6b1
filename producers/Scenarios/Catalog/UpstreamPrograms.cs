using static Syscribe.Scenarios.ScenarioCommand;

namespace Syscribe.Scenarios;

public static partial class ScenarioCatalog
{
    private static Scenario[] UpstreamPrograms() =>
    [
        InContainer("container-terminal", null,
            "Starts a container whose first process is a shell on a terminal.",
            Shell("id")) with { OnTerminal = true },
        .. new[]
        {
            OnHost("service-account-login", null,
                "A program named sshd becomes the user daemon and starts a program.",
                StandIn("sshd", "setresuid 1 1 1 , run /bin/true")),
            OnHost("setuid-service", null,
                "Gives up root's identity for the user daemon's.",
                Syscalls("setuid 1")),
        }.AsRoot(),
        OnHost("reconnaissance", null,
            "Asks for the user's identity on a new pseudo-terminal.",
            Syscalls("terminal /usr/bin/id")),
        OnHost("database-child", null,
            "A program named mysqld lists a directory.",
            StandIn("mysqld", "run /bin/ls /")),
        OnHost("server-child", null,
            "A program named nginx asks who it is.",
            StandIn("nginx", "run /usr/bin/whoami")),
        OnHost("server-reverse-shell", null,
            "A program named nginx starts a shell with the arguments of a reverse shell, which it ignores.",
            StandIn("nginx", "run /bin/sh -c true bash -i")),
        OnHost("account-tool", null,
            "Starts a program named vipw that does nothing.",
            StandIn("vipw")),
        OnHost("sudoedit-overflow", null,
            "Starts a program named sudoedit with the arguments of CVE-2021-3156; it does nothing.",
            StandIn("sudoedit", "-s x\\")),
        OnHost("miner-program", null,
            "Starts a program named xmrig that does nothing.",
            StandIn("xmrig")),
        OnHost("proxy-environment", null,
            "Starts a program named curl with a proxy in its environment; it does nothing.",
            StandIn("curl", "-s") with { Environment = ["HTTP_PROXY=http://203.0.113.7:3128"] }),
        InContainer("remote-copy", null,
            "Starts a program named scp that does nothing.",
            StandIn("scp", "file host:")),
        InContainer("download-tool", null,
            "Starts a program named wget that does nothing.",
            StandIn("wget", "http://203.0.113.7/")),
        InContainer("cluster-client", null,
            "Starts a program named kubectl that does nothing.",
            StandIn("kubectl", "get pods")),
        InContainer("package-script", null,
            "A program named npm starts one named nc; neither does anything.",
            StandIn("nc"), StandIn("npm", "run /usr/bin/nc -z")),
        InContainer("module-load-privileged", null,
            "Asks the kernel, with the right to do so, to load a module of zeros, which it refuses.",
            Syscalls("?init_module buf # @")) with { Rights = ContainerRights.KernelModules },
        InContainer("unshare-refused", null,
            "Asks for a new host-name namespace without the right to one.",
            Syscalls("?unshare CLONE_NEWUTS")) with { Rights = ContainerRights.Ordinary },
    ];
}
