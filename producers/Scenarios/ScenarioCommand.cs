namespace Syscribe.Scenarios;

/// <summary>How a command's program is found.</summary>
public enum ProgramKind
{
    /// <summary>By name, among the installed ones; in a container among busybox's applets.</summary>
    Installed,

    /// <summary>A copy of <c>native/syscalls</c> under another name: it acts, or just ends, as a program of that name.</summary>
    StandIn,

    /// <summary><c>native/syscalls</c> under its own name.</summary>
    Syscalls,
}

/// <summary>One command of a scenario.</summary>
/// <param name="Kind">How <paramref name="Program"/> is found.</param>
/// <param name="Program">Name of the program.</param>
/// <param name="Arguments">Its arguments, placeholders allowed.</param>
public sealed record ScenarioCommand(ProgramKind Kind, string Program, IReadOnlyList<string> Arguments)
{
    /// <summary>Stands, among the arguments of raw system calls, for the steps to a network namespace that nobody uses.</summary>
    internal const string FreshNetwork = "{fresh-network}";

    /// <summary>Environment variable that names the file of <see cref="Steps"/>.</summary>
    internal const string StepsVariable = "SYSCRIBE_STEPS";

    /// <summary>Added to the environment, <c>NAME=VALUE</c>.</summary>
    public IReadOnlyList<string> Environment { get; init; } = [];

    /// <summary>
    /// Steps of raw system calls that are handed to the program in a file, so that its command line says nothing of them; null
    /// where its arguments are all there is.
    /// </summary>
    public string? Steps { get; init; }

    /// <summary>Whether any exit status is as good as 0.</summary>
    public bool MayFail { get; init; }

    internal static ScenarioCommand Installed(string program, params string[] arguments) =>
        new(ProgramKind.Installed, program, arguments);

    internal static ScenarioCommand Shell(string script) => new(ProgramKind.Installed, "sh", ["-c", script]);

    /// <summary>Raw system calls: the steps are split at blanks, as none of their arguments holds one.</summary>
    internal static ScenarioCommand Syscalls(string steps) => new(ProgramKind.Syscalls, "syscalls", Split(steps));

    internal static ScenarioCommand StandIn(string program, string arguments = "") =>
        new(ProgramKind.StandIn, program, Split(arguments));

    /// <summary>Raw system calls under another name and with arguments as a program of that name has them.</summary>
    internal static ScenarioCommand Acting(string program, string arguments, string steps) =>
        new(program == "syscalls" ? ProgramKind.Syscalls : ProgramKind.StandIn, program, Split(arguments)) { Steps = steps };

    private static string[] Split(string text) => text.Length == 0 ? [] : text.Split(' ');
}
