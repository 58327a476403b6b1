using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Syscribe.Scenarios.Staging;

/// <summary>
/// The bundle of a runc container: busybox and the scenario's stand-ins as the image (lower layer), on overlayfs, with
/// the scenario's commands as a script that is its first process. Layers lie on a memory file system, because overlayfs
/// takes no upper layer that is itself on overlayfs, as in a container that plays containers.
/// </summary>
internal sealed class Container(Scenario scenario, Stage stage)
{
    /// <summary>The scratch directory inside.</summary>
    public const string Work = "/srv";

    private const string StepsFile = "/steps";

    private const string Syscalls = "/usr/local/bin/syscalls";

    private static readonly string[] Applets =
    [
        "awk", "base64", "cat", "chmod", "cp", "cut", "echo", "env", "find", "grep", "head", "id", "kill", "ln", "ls", "mkdir",
        "mktemp", "mount", "mv", "rm", "sed", "sh", "shred", "sleep", "sort", "tail", "tar", "touch", "tr", "true", "uname", "wc", "gzip",
    ];

    private static readonly string[] Directories =
    [
        "bin", "dev", "etc", "home", "mnt", "opt", "proc", "root", "run", "srv", "sys", "tmp", "usr/bin", "usr/local/bin", "var/log", "var/tmp",
    ];

    private static readonly string[] OrdinaryCapabilities =
    [
        "CAP_AUDIT_WRITE", "CAP_CHOWN", "CAP_DAC_OVERRIDE", "CAP_FOWNER", "CAP_FSETID", "CAP_KILL", "CAP_MKNOD",
        "CAP_NET_BIND_SERVICE", "CAP_NET_RAW", "CAP_SETFCAP", "CAP_SETGID", "CAP_SETPCAP", "CAP_SETUID", "CAP_SYS_CHROOT",
    ];

    private static readonly string[] AdministratorCapabilities = [.. OrdinaryCapabilities, "CAP_NET_ADMIN", "CAP_SYS_ADMIN"];

    // Named as container engines do: agents take the container's id from it.
    private string ControlGroup =>
        "/docker/" + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(stage.Id)));

    private string Layers => Path.Combine(stage.Directory, "layers");

    public string Bundle => Path.Combine(stage.Directory, "bundle");

    /// <summary>Makes and mounts everything. <paramref name="fill"/> replaces the placeholders of the scenario.</summary>
    public void Build(Func<string, string> fill)
    {
        var (lower, upper, overlayWork) = (Path.Combine(Layers, "image"), Path.Combine(Layers, "upper"), Path.Combine(Layers, "work"));
        var root = Path.Combine(Bundle, "rootfs");
        Directory.CreateDirectory(Layers);
        Mount("tmpfs", Layers, "tmpfs", "mode=755");
        BuildImage(lower, fill);
        foreach (var directory in new[] { upper, overlayWork, root })
            Directory.CreateDirectory(directory);
        Mount("overlay", root, "overlay", $"lowerdir={lower},upperdir={upper},workdir={overlayWork}");
        NoteGroups();
        File.WriteAllBytes(Path.Combine(Bundle, "config.json"), Configuration(fill));
    }

    /// <summary>Makes the image's files in a directory.</summary>
    public void BuildImage(string image, Func<string, string> fill)
    {
        foreach (var directory in Directories)
            Directory.CreateDirectory(Path.Combine(image, directory));
        foreach (var open in new[] { "tmp", "var/tmp" })
            _ = NativeMethods.ChangeMode(Path.Combine(image, open), 0x3ff); // 1777
        File.Copy(Prerequisites.FindBusybox()!, image + "/bin/busybox");
        foreach (var applet in Applets)
            File.CreateSymbolicLink(image + "/bin/" + applet, "busybox");
        File.Copy(Prerequisites.Syscalls, image + Syscalls);
        foreach (var command in scenario.Commands.Where(command => command.Kind == ProgramKind.StandIn))
            File.Copy(Prerequisites.Syscalls, image + "/usr/bin/" + command.Program, overwrite: true);
        File.WriteAllText(image + "/etc/passwd", "root:x:0:0:root:/root:/bin/sh\nnobody:x:65534:65534:nobody:/:/bin/sh\n");
        File.WriteAllText(image + "/etc/group", "root:x:0:\nnogroup:x:65534:\n");
        File.WriteAllText(image + "/etc/shadow", "root:*:19000:0:99999:7:::\n");
        File.WriteAllText(image + "/scenario.sh", Script(fill));
        if (scenario.Commands.FirstOrDefault(command => command.Steps is not null) is { Steps: { } steps })
            File.WriteAllText(image + StepsFile, Fill(steps.Replace(ScenarioCommand.FreshNetwork + " ", "", StringComparison.Ordinal), fill));
    }

    private string Script(Func<string, string> fill)
    {
        var script = new StringBuilder();
        foreach (var command in scenario.Commands)
        {
            string[] steps = command.Steps is null ? [] : [$"{ScenarioCommand.StepsVariable}={StepsFile}"];
            var words = command.Environment.Concat(steps).Select(Assignment).Append(Program(command)).Concat(Arguments(command, fill).Select(Quote));
            script.AppendJoin(' ', words).Append(command.MayFail ? " || :\n" : " || exit\n");
        }

        return script.ToString();
    }

    private static string Program(ScenarioCommand command) => command.Kind switch
    {
        ProgramKind.Installed => "/bin/" + command.Program,
        ProgramKind.Syscalls => Syscalls,
        _ => "/usr/bin/" + command.Program,
    };

    private static IEnumerable<string> Arguments(ScenarioCommand command, Func<string, string> fill) => command.Arguments
        .Where(argument => argument != ScenarioCommand.FreshNetwork) // the container has one already
        .Select(argument => Fill(argument, fill));

    private static string Fill(string text, Func<string, string> fill) => fill(text).Replace("{syscalls}", Syscalls, StringComparison.Ordinal);

    /// <summary>What plays the scenario inside.</summary>
    public static IReadOnlyList<string> Command { get; } = ["/bin/sh", "/scenario.sh"];

    private IReadOnlyList<string> FirstProcess(Func<string, string> fill) => scenario switch
    {
        { AsEntryPoint: true } => [Program(scenario.Commands[0]), .. Arguments(scenario.Commands[0], fill)],
        { InRunning: true } => ["/bin/sh", "-c", "exec /bin/sleep 600 > /dev/null 2>&1"], // holds no pipe of whoever starts it
        _ => Command,
    };

    private string[] Capabilities => scenario.Rights switch
    {
        ContainerRights.Ordinary => OrdinaryCapabilities,
        ContainerRights.Administrator => AdministratorCapabilities,
        _ => [.. AdministratorCapabilities, "CAP_SYS_MODULE"],
    };

    private static string Assignment(string variable) =>
        variable[..(variable.IndexOf('=') + 1)] + Quote(variable[(variable.IndexOf('=') + 1)..]);

    private static string Quote(string text) => "'" + text.Replace("'", "'\\''", StringComparison.Ordinal) + "'";

    // runc removes the container's control groups unless it is killed, but never the parent that it made for them. That
    // is left alone where it may be Docker's own; else the last of several runners removes it.
    private void NoteGroups()
    {
        foreach (var hierarchy in Directory.GetDirectories("/sys/fs/cgroup").Prepend("/sys/fs/cgroup"))
        {
            var parent = Path.Combine(hierarchy, "docker");
            if (!File.Exists("/run/docker.sock"))
                stage.NoteTrace(parent);
            stage.NoteTrace(hierarchy + ControlGroup);
        }
    }

    private static void Mount(string source, string target, string type, string data)
    {
        if (NativeMethods.Mount(source, target, type, 0, data) != 0)
        {
            var error = System.Runtime.InteropServices.Marshal.GetLastPInvokeErrorMessage();
            throw new IOException($"Mount {type} on {target} failed: {error}. Playing in containers needs CAP_SYS_ADMIN.");
        }
    }

    // https://github.com/opencontainers/runtime-spec/blob/main/config.md
    private byte[] Configuration(Func<string, string> fill) => JsonSerializer.SerializeToUtf8Bytes(new
    {
        ociVersion = "1.0.2",
        process = new
        {
            terminal = scenario.OnTerminal,
            user = new { uid = 0, gid = 0 },
            args = FirstProcess(fill),
            env = new[] { "PATH=/usr/local/bin:/usr/bin:/bin" },
            cwd = "/",
            capabilities = new { bounding = Capabilities, effective = Capabilities, permitted = Capabilities },
            noNewPrivileges = false,
        },
        root = new { path = "rootfs", @readonly = false },
        hostname = "scenario",
        mounts = new object[]
        {
            new { destination = "/proc", type = "proc", source = "proc" },
            new { destination = "/dev", type = "tmpfs", source = "tmpfs", options = new[] { "nosuid", "mode=755", "size=65536k" } },
            new { destination = "/dev/pts", type = "devpts", source = "devpts", options = new[] { "nosuid", "noexec", "newinstance", "ptmxmode=0666", "mode=0620" } },
            new { destination = "/dev/shm", type = "tmpfs", source = "shm", options = new[] { "nosuid", "nodev", "mode=1777", "size=65536k" } },
        },
        linux = new
        {
            cgroupsPath = ControlGroup,
            namespaces = new[] { new { type = "pid" }, new { type = "ipc" }, new { type = "uts" }, new { type = "mount" }, new { type = "network" } },
        },
    });
}
