using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Parsing;
using System.Globalization;
using System.Net;

namespace Syscribe.Local;

/// <summary>The command line of <c>infra/up</c>.</summary>
public static class CommandLine
{
    private static readonly Option<TimeSpan?> For = new("--for")
    {
        Description = "Stop by itself after this long: 90s, 5m, 1h. Default: until Ctrl-C.",
        HelpName = "TIME",
        CustomParser = ParseDuration,
    };

    private static readonly Option<bool> Once = new("--once")
    {
        Description = "Stop as soon as every scenario has been played.",
    };

    private static readonly Option<FileInfo?> Report = new("--report")
    {
        Description = "Write a JSON summary to FILE at the end.",
        HelpName = "FILE",
    };

    private static readonly Option<bool> Compare = new("--compare")
    {
        Description = "Play every attack by each system call that carries it out, print which of three detectors saw it, and stop: the rules narrowed to the classic calls, the rules, the rules and the model.",
    };

    private static readonly Option<FileInfo?> Record = new("--record")
    {
        Description = "With --compare: write the attacks' events to FILE, an Avro object container file, and what each is to FILE.labels.json.",
        HelpName = "FILE",
    };

    private static readonly Option<string?> Bootstrap = new("--bootstrap")
    {
        Description = "Use a real Kafka in place of the embedded broker.",
        HelpName = "HOST:PORT",
    };

    private static readonly Option<string?> Registry = new("--schema-registry")
    {
        Description = "Use a real schema registry in place of the embedded one.",
        HelpName = "URL",
    };

    private static readonly Option<string[]> Rules = new("--rules")
    {
        Description = "Falco rule files or directories in place of the default rules; may be given again.",
        HelpName = "PATH",
        DefaultValueFactory = _ => [],
    };

    private static readonly Option<string?> Model = new("--model")
    {
        Description = "A GGUF file: the model that judges what no rule can; none for the rules alone. Default: the small one that comes with Syscribe, if it does.",
        HelpName = "FILE|none",
    };

    private static readonly Option<FileInfo?> Replay = new("--replay")
    {
        Description = "Replay a capture recorded with `syscribe-agent record` in place of live capture.",
        HelpName = "FILE",
    };

    private static readonly Option<bool> NoScenarios = new("--no-scenarios")
    {
        Description = "Watch only; do not play the harmless attack scenarios.",
    };

    private static readonly Option<bool> Plain = new("--plain")
    {
        Description = "Print lines in place of the live view. Default where the output is no terminal.",
    };

    private static readonly Option<string?> Node = new("--node")
    {
        Description = "Node name in events. Default: the host name.",
        HelpName = "NAME",
    };

    private static readonly Option<int[]> ExcludePid = new("--exclude-pid")
    {
        Description = "Do not capture this process, as a Kafka on this machine; may be given again.",
        HelpName = "PID",
        DefaultValueFactory = _ => [],
    };

    private static readonly Option<string[]> Settings = new("-X")
    {
        Description = "A setting of librdkafka or of the registry client, by its own name; may be given again.",
        HelpName = "NAME=VALUE",
        DefaultValueFactory = _ => [],
        Validators = { CheckSettings },
    };

    /// <summary>The root command.</summary>
    public static Command Create()
    {
        var root = new Command(
            "infra/up",
            "Runs all of Syscribe in one process: watches this machine's live system calls with eBPF, carries them as Avro "
            + "through Kafka, evaluates rules, prints alerts. Without root or BTF it replays a recorded capture instead.")
        {
            For, Once, Compare, Record, Report, Bootstrap, Registry, Rules, Model, Replay, NoScenarios, Plain, Node, ExcludePid, Settings,
            new HelpOption(), new VersionOption(),
        };
        root.Validators.Add(CheckCompare);
        root.Validators.Add(CheckFiles);
        root.SetAction((parsed, stop) => LocalRun.RunAsync(Read(parsed), stop));
        return root;
    }

    private static LocalOptions Read(ParseResult parsed) => new()
    {
        For = parsed.GetValue(For),
        Once = parsed.GetValue(Once),
        Compare = parsed.GetValue(Compare),
        Record = parsed.GetValue(Record),
        Report = parsed.GetValue(Report),
        Bootstrap = parsed.GetValue(Bootstrap),
        SchemaRegistry = parsed.GetValue(Registry),
        Rules = parsed.GetValue(Rules) ?? [],
        Model = parsed.GetValue(Model),
        Replay = parsed.GetValue(Replay),
        PlayScenarios = !parsed.GetValue(NoScenarios),
        Plain = parsed.GetValue(Plain) || Console.IsOutputRedirected,
        Node = parsed.GetValue(Node) ?? Dns.GetHostName(),
        ExcludeProcesses = parsed.GetValue(ExcludePid) ?? [],
        ClientSettings = ReadSettings(parsed.GetValue(Settings) ?? []),
    };

    // The intents are the default rules', as real system calls: anything else would compare what is not there.
    private static void CheckCompare(CommandResult result)
    {
        var compare = result.GetValue(Compare);
        if (!compare && result.GetValue(Record) is not null)
        {
            result.AddError("--record goes with --compare; `syscribe-agent record FILE` records everything");
        }

        if (compare && (result.GetValue(Replay) is not null || result.GetValue(NoScenarios) || result.GetValue(Rules) is { Length: > 0 }))
        {
            result.AddError("--compare plays the attacks of the default rules live: leave out --rules, --replay and --no-scenarios");
        }
    }

    // Before a run, not at its end.
    private static void CheckFiles(CommandResult result)
    {
        foreach (var option in (Option<FileInfo?>[])[Report, Record])
        {
            if (result.GetValue(option) is { } file && (Directory.Exists(file.FullName) || file.Directory is not { Exists: true }))
            {
                result.AddError($"{option.Name} {file}: {(Directory.Exists(file.FullName) ? "that is a directory" : $"there is no directory {file.DirectoryName}")}; name a file in one that there is");
            }
        }

        if (result.GetValue(Replay) is { Exists: false } capture)
        {
            result.AddError($"{Replay.Name} {capture}: there is no such file; `syscribe-agent record FILE` records one");
        }
    }

    private static void CheckSettings(OptionResult result)
    {
        foreach (var setting in result.Tokens.Select(token => token.Value).Where(setting => setting.IndexOf('=', StringComparison.Ordinal) <= 0))
        {
            result.AddError($"-X {setting}: a setting is written NAME=VALUE, as -X security.protocol=SSL");
        }
    }

    // Checked before; where a name is given again, the last one counts.
    private static Dictionary<string, string> ReadSettings(IEnumerable<string> settings)
    {
        var read = new Dictionary<string, string>();
        foreach (var setting in settings)
        {
            var at = setting.IndexOf('=', StringComparison.Ordinal);
            read[setting[..at]] = setting[(at + 1)..];
        }

        return read;
    }

    private static TimeSpan? ParseDuration(ArgumentResult result)
    {
        var text = result.Tokens.Single().Value;
        var unit = text.Length == 0 ? 0 : text[^1] switch { 's' => 1, 'm' => 60, 'h' => 3600, _ => 0 };
        if (unit != 0 && double.TryParse(text.AsSpan(0, text.Length - 1), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var count) && count > 0)
        {
            return TimeSpan.FromSeconds(count * unit);
        }

        result.AddError($"--for {text}: a time is a number above zero and one of s, m, h, as 90s or 5m");
        return null;
    }
}
