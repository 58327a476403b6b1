namespace Syscribe.Testing;

/// <summary>
/// What a test may need that not every machine has. Each property is null where it is there, else why not and what
/// provides it, as in <c>if (Prerequisites.Kafka is { } missing) Assert.Skip(missing);</c>.
/// </summary>
public static class Prerequisites
{
    /// <summary>The folder that holds <c>Streaming.sln</c>.</summary>
    public static string RepositoryRoot { get; } = FindRoot();

    /// <summary>Folder with servers for tests: <c>SYSCRIBE_SHARED</c>, else <c>shared</c> beside the repository; null where there is none.</summary>
    public static string? SharedFolder { get; } = FindShared();

    /// <summary>Effective user is root.</summary>
    public static string? Root { get; } = Environment.IsPrivilegedProcess ? null : "needs root: run the tests with sudo";

    /// <summary>The kernel describes its types, which CO-RE programs need.</summary>
    public static string? Btf { get; } = File.Exists("/sys/kernel/btf/vmlinux") ? null : "needs a kernel with BTF: /sys/kernel/btf/vmlinux is not there";

    /// <summary>Java for the servers of tests.</summary>
    public static string? Java { get; } = JavaPath() is not null ? null : "needs Java 17: apt-get install openjdk-17-jre-headless";

    /// <summary>A Kafka distribution to start: <c>KAFKA_HOME</c>, else <c>kafka</c> in the shared folder.</summary>
    public static string? Kafka { get; } = KafkaHome() is null
        ? "needs Apache Kafka 4.x: set KAFKA_HOME to an unpacked distribution"
        : Java;

    /// <summary>A schema registry: <c>SCHEMA_REGISTRY_URL</c>, else one to start from the shared folder.</summary>
    public static string? Registry { get; } = Environment.GetEnvironmentVariable(RealRegistry.UrlVariable) is { Length: > 0 } ? null
        : RegistryScript() is null ? $"needs a schema registry: set {RealRegistry.UrlVariable} to the address of one"
        : Java;

    /// <summary>Python of the system, which Debian's packages belong to; else the first in PATH.</summary>
    public static string Python { get; } = File.Exists("/usr/bin/python3") ? "/usr/bin/python3" : "python3";

    /// <summary>Python at all.</summary>
    public static string? PythonAny { get; } = File.Exists(Python) ? null : Program("python3", "python3");

    /// <summary>Python with Confluent's client.</summary>
    public static string? PythonKafka { get; } = PythonAny ?? (Imports("confluent_kafka") ? null : "needs Confluent's client for Python: apt-get install python3-confluent-kafka");

    /// <summary>Why a program is not to be found in PATH; null where it is.</summary>
    /// <param name="name">Name of the executable, as <c>kcat</c>.</param>
    /// <param name="package">Debian package that has it.</param>
    public static string? Program(string name, string package) => Find(name) is not null ? null : $"needs {name}: apt-get install {package}";

    internal static string? KafkaHome() =>
        Environment.GetEnvironmentVariable("KAFKA_HOME") is { Length: > 0 } home ? home : InShared("kafka", "bin/kafka-server-start.sh");

    internal static string? RegistryScript() =>
        InShared("schema-registry", "schema-registry-start.sh") is { } home ? Path.Combine(home, "schema-registry-start.sh") : null;

    private static string? InShared(string folder, string file) =>
        SharedFolder is not null && File.Exists(Path.Combine(SharedFolder, folder, file)) ? Path.Combine(SharedFolder, folder) : null;

    private static string? JavaPath() =>
        Environment.GetEnvironmentVariable("JAVA_HOME") is { Length: > 0 } home && File.Exists(Path.Combine(home, "bin/java"))
            ? home
            : Find("java");

    private static string? Find(string program) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':', StringSplitOptions.RemoveEmptyEntries)
            .Select(folder => Path.Combine(folder, program))
            .FirstOrDefault(File.Exists);

    private static bool Imports(string module)
    {
        using var process = System.Diagnostics.Process.Start(new System.Diagnostics.ProcessStartInfo(Python, ["-c", $"import {module}"]) { RedirectStandardError = true });
        process?.WaitForExit();
        return process?.ExitCode == 0;
    }

    private static string FindRoot()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "Streaming.sln")))
            folder = folder.Parent;

        return folder?.FullName ?? throw new InvalidOperationException($"Streaming.sln is not above {AppContext.BaseDirectory}");
    }

    private static string? FindShared()
    {
        var folder = Environment.GetEnvironmentVariable("SYSCRIBE_SHARED") is { Length: > 0 } given
            ? given
            : Path.GetFullPath(Path.Combine(RepositoryRoot, "..", "shared"));
        return Directory.Exists(folder) ? folder : null;
    }
}
