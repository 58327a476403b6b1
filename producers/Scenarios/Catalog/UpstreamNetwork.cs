using static Syscribe.Scenarios.ScenarioCommand;

namespace Syscribe.Scenarios;

public static partial class ScenarioCatalog
{
    /// <summary>What kubernetes.default.svc.cluster.local has to resolve to where the scenario api-server is to raise its rule.</summary>
    internal const string ApiServer = "203.0.113.10";

    /// <summary>What a mining pool's name has to resolve to where the scenario mining-pool is to raise its rule.</summary>
    internal const string MiningPool = "203.0.113.11";

    private static Scenario[] UpstreamNetwork() =>
    [
        .. new[]
        {
            OnHost("ssh-on-https-port", null,
                "Connects to port 443 in a network of its own, under the name ssh.",
                StandIn("ssh", Connected)),
            OnHost("datagram", null,
                "Connects a UDP socket in a network of its own.",
                Syscalls($"{FreshNetwork} network 203.0.113.7 , f=socket AF_INET SOCK_DGRAM 0 , connect $f in:203.0.113.7:9999 #")),
            OnHost("interpreter-connection", null,
                "Accepts and makes a connection in a network of its own, under the name python3.",
                StandIn("python3", Connected)),
            OnHost("class-file", null,
                "Sends itself the first bytes of a Java class in a network of its own, under the name java.",
                Shell("printf '\\312\\376\\272\\276' > {work}/Main.class"),
                StandIn("java", $"{FreshNetwork} network 127.0.0.1 , s=socket AF_INET SOCK_DGRAM 0 , bind $s in:127.0.0.1:1234 # , "
                    + "c=socket AF_INET SOCK_DGRAM 0 , connect $c in:127.0.0.1:1234 # , f=openat AT_FDCWD {work}/Main.class O_RDONLY , "
                    + "copy $f $c , recvfrom $s buf # 0 0 0")),
            OnHost("mining-pool", null,
                "Connects to port 3333 of an address that stands for a mining pool's, in a network of its own.",
                Syscalls($"{FreshNetwork} network {MiningPool} , listen-on in:{MiningPool}:3333 , f=socket AF_INET SOCK_STREAM 0 , connect $f in:{MiningPool}:3333 #")),
        }.AsRoot(),
        InContainer("api-server", null,
            "Connects to an address that stands for the one of a cluster's API server, in a network of its own.",
            Syscalls($"network {ApiServer} , listen-on in:{ApiServer}:6443 , f=socket AF_INET SOCK_STREAM 0 , connect $f in:{ApiServer}:6443 #")),
        InContainer("node-port", null,
            "Connects to port 30080 in a network of its own.",
            Syscalls("network 203.0.113.7 , listen-on in:203.0.113.7:30080 , f=socket AF_INET SOCK_STREAM 0 , connect $f in:203.0.113.7:30080 #")),
    ];
}
