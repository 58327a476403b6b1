using static Syscribe.Scenarios.ScenarioCommand;

namespace Syscribe.Scenarios;

/// <summary>All variants: intents of the default rules, each by every system call that carries it out.</summary>
/// <remarks>
/// There is none of mount(2) and its kin (fsopen, move_mount, open_tree): no default rule reads them, the one about mounts
/// reads the start of the mount program.
/// </remarks>
public static partial class VariantCatalog
{
    /// <summary>
    /// The calls that rules still name once they are narrowed to the classic calls: what a rule set, and a model's training
    /// data, would name that knows none of their younger kin.
    /// </summary>
    public static IReadOnlyCollection<string> TrainedCalls { get; } = new HashSet<string>
    {
        "bpf", "chmod", "connect", "creat", "dup", "dup2", "execve", "init_module", "link", "mkdir", "open", "ptrace", "rename", "setns", "setuid",
        "socket", "symlink", "unlink", "unshare", "userfaultfd",
    };

    /// <summary>Every variant, by intent, the trained call first, on the host before in a container.</summary>
    public static IReadOnlyList<Variant> All { get; } =
        [.. FilesRead(), .. FilesWritten(), .. FilesNamed(), .. ProgramsStarted(), .. ProcessesEntered(), .. RightsTaken(), .. Connections()];

    /// <summary>The variant of that name, or null.</summary>
    public static Variant? Find(string name) => All.FirstOrDefault(variant => variant.Name == name);

    /// <summary>Whether an event of the variant's type is the variant's own, and none of what prepares it.</summary>
    /// <param name="variant">The variant.</param>
    /// <param name="process">Name of the event's process.</param>
    /// <param name="executable">Path of the process's executable.</param>
    /// <param name="texts">The event's parameters and its descriptor's name.</param>
    public static bool IsAbout(Variant variant, string process, string executable, IEnumerable<string> texts)
    {
        ArgumentNullException.ThrowIfNull(variant);
        return (variant.Process is null || variant.Process == process)
            && (variant.Subject is not { } subject
                || (variant.Event == "execve" ? executable.Contains(subject, StringComparison.Ordinal) : texts.Any(text => text.Contains(subject, StringComparison.Ordinal))));
    }

    private static IEnumerable<Variant> Of(Intent intent, params IEnumerable<Way> ways) =>
        from way in ways
        from place in Enum.GetValues<ScenarioWhere>()
        where intent.Where is null || intent.Where == place
        where !way.OnHostOnly || place == ScenarioWhere.Host
        select Make(intent, way, place);

    private static Variant Make(Intent intent, Way way, ScenarioWhere place) => new()
    {
        Process = (way.Event ?? way.Call) == "execve" ? intent.Executed : intent.Program,
        Intent = intent.Name,
        Call = way.Call,
        Event = way.Event ?? way.Call,
        Subject = intent.Subject,
        Result = way.Call.StartsWith(Uring, StringComparison.Ordinal) ? VariantResult.Unknown
            : way.Refusal is null ? VariantResult.Success : VariantResult.Refused,
        Refusal = way.Refusal,
        Scenario = new Scenario
        {
            Name = $"{intent.Name}.{way.Call}{(place == ScenarioWhere.Container ? "-in-container" : "")}",
            Rule = intent.Rule,
            Where = place,
            Description = $"{intent.Does} by {way.Call}.",
            Commands = [.. intent.Before, Acting(intent.Program, intent.Arguments, (intent.InFreshNetwork ? FreshNetwork + " " : "") + Lenient(way.Steps) + way.After)],
            Traces = place == ScenarioWhere.Host ? intent.Traces : [],
            NeedsRoot = place == ScenarioWhere.Container || intent.NeedsRoot || way.OnHostOnly,
            Rights = intent.Rights,
        },
    };

    // The last step is the call: what it is worth is read from its event, a refusal too.
    private static string Lenient(string steps)
    {
        var last = steps.LastIndexOf(" , ", StringComparison.Ordinal) is >= 0 and var at ? at + 3 : 0;
        return steps.Insert(last, "?");
    }

    /// <summary>What is done, and to what.</summary>
    private sealed record Intent(string Name, string Rule, string Does, string? Subject)
    {
        /// <summary>Null: on the host and in a container.</summary>
        public ScenarioWhere? Where { get; init; }

        public ScenarioCommand[] Before { get; init; } = [];

        /// <summary>Name of the program that does it.</summary>
        public string Program { get; init; } = "syscalls";

        /// <summary>The program's arguments.</summary>
        public string Arguments { get; init; } = "";

        /// <summary>Whether it needs a network of its own.</summary>
        public bool InFreshNetwork { get; init; }

        public string[] Traces { get; init; } = [];

        /// <summary>Name of the program that is executed, where its path does not tell it from others.</summary>
        public string? Executed { get; init; }

        public bool NeedsRoot { get; init; }

        public ContainerRights Rights { get; init; } = ContainerRights.Ordinary;
    }

    /// <summary>A call and the steps that make it, the last of which is the call.</summary>
    private sealed record Way(string Call, string Steps)
    {
        public string? Event { get; init; }

        public string? Refusal { get; init; }

        /// <summary>Steps behind the call.</summary>
        public string After { get; init; } = "";

        /// <summary>Where it needs a right that no container has.</summary>
        public bool OnHostOnly { get; init; }
    }
}
