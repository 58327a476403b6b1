using static Syscribe.Scenarios.ScenarioCommand;

namespace Syscribe.Scenarios;

public static partial class ScenarioCatalog
{
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
        }.AsRoot(),
        InContainer("node-port", null,
            "Connects to port 30080 in a network of its own.",
            Syscalls("network 203.0.113.7 , listen-on in:203.0.113.7:30080 , f=socket AF_INET SOCK_STREAM 0 , connect $f in:203.0.113.7:30080 #")),
    ];
}
