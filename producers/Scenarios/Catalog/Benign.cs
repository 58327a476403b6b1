using static Syscribe.Scenarios.ScenarioCommand;

namespace Syscribe.Scenarios;

public static partial class ScenarioCatalog
{
    // With ordinary rights, since a container with more is no ordinary work, and in a container that runs, as most work is.
    private static Scenario[] Benign() =>
        [.. Ordinary().Select(scenario => scenario with
        {
            Rights = ContainerRights.Ordinary,
            InRunning = scenario.Where == ScenarioWhere.Container,
        })];

    private static Scenario[] Ordinary() =>
    [
        OnHost("package-query", null,
            "Lists the installed packages.",
            Installed("dpkg", "-l")),
        OnHost("compile", null,
            "Compiles a small C program and runs it.",
            Shell("cd {work} && echo 'int main(void) { return 0; }' > one.c && $(command -v cc || command -v gcc || command -v clang) -o one one.c && ./one"))
            with { NeedsProgram = "cc|gcc|clang" },
        OnHost("version-control", null,
            "Makes a git repository, commits to it and clones it.",
            Shell("cd {work} && git init -q one && cd one && echo text > file && git add file "
                + "&& git -c user.name=none -c user.email=none@invalid commit -qm first && git clone -q . ../two"))
            with { NeedsProgram = "git" },
        OnHost("interpreter", null,
            "A Python program talks to itself over 127.0.0.1.",
            Installed("python3", "-c", "import socket; s = socket.create_server(('127.0.0.1', 0)); "
                + "c = socket.create_connection(s.getsockname()); s.accept()[0].sendall(b'text'); c.recv(4)")),
        .. new[]
        {
            OnHost("become-nobody", null,
                "Root runs a program as the user nobody, by su.",
                Installed("su", "-s", "/bin/sh", "-c", "true", "nobody")),
        }.AsRoot(),
        .. Everywhere("shell-loop", null,
            "Counts in a shell.",
            Shell("i=0; while [ $i -lt 200 ]; do i=$((i + 1)); done; echo $i")),
        .. Everywhere("file-copies", null,
            "Makes, copies, renames and removes files.",
            Shell("mkdir -p {work}/a && cd {work}/a && for i in 1 2 3 4 5 6 7 8; do echo $i > f$i; cp f$i g$i; mv g$i h$i; done; rm -r {work}/a")),
        .. Everywhere("archive", null,
            "Packs a directory and unpacks it.",
            Shell("mkdir -p {work}/in {work}/out && echo text > {work}/in/file && tar -czf {work}/in.tgz -C {work} in && tar -xzf {work}/in.tgz -C {work}/out")),
        .. Everywhere("text-work", null,
            "Sorts, searches and counts lines of the service list.",
            Shell("cat /etc/passwd /etc/group | sort | grep -c : ; sed -n 1,3p /etc/passwd | cut -d: -f1 | tr a-z A-Z | wc -l")),
        .. Everywhere("temporary-files", null,
            "Works with a temporary directory as scripts do.",
            Shell("d=$(mktemp -d) && echo x > $d/x && cat $d/x && rm -r $d")),
        .. Everywhere("processes", null,
            "Looks at its own process and waits for children.",
            Shell("cat /proc/self/status | head -n 5; sleep 0.1 & wait; id; uname -a")),
        .. Everywhere("local-connection", null,
            "Connects to a listener of its own on 127.0.0.1.",
            Syscalls($"{FreshNetwork} ?network 127.0.0.1 , listen-on in:127.0.0.1:8080 , f=socket AF_INET SOCK_STREAM 0 , connect $f in:127.0.0.1:8080 #")).AsRoot(),
    ];
}
