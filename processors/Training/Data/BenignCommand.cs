using System.CommandLine;
using System.Text;
using Syscribe.Events;
using Syscribe.Inference.Verdicts;
using Syscribe.Rules;

namespace Syscribe.Training.Data;

/// <summary>
/// <c>syscribe-train benign</c>: of recordings of ordinary work, a small one to train with. A few events of each behaviour
/// that no rule matches stay; what tells of the machine it was recorded on (buffers, environments, the ancestors above the
/// workload) does not.
/// </summary>
internal sealed class BenignCommand
{
    // Parameters that tell of the machine and that no model reads.
    private static readonly HashSet<Utf8> Private = [Utf8.From("data"), Utf8.From("env"), Utf8.From("cgroups")];

    private readonly Option<string[]> _from = new("--from") { Description = "Recordings, as syscribe-agent record writes them.", HelpName = "FILE", AllowMultipleArgumentsPerToken = true, Required = true };
    private readonly Option<string> _out = new("--out") { Description = "File to write; it is replaced.", HelpName = "FILE", Required = true };
    private readonly Option<string> _under = new("--under") { Description = "Only what runs below a process of this name; its own ancestors are cut off.", HelpName = "NAME", Required = true };
    private readonly Option<string[]> _without = new("--without") { Description = "Leave out events that hold this text.", HelpName = "TEXT", AllowMultipleArgumentsPerToken = true };
    private readonly Option<int> _most = new("--most") { Description = "Behaviours kept of one program under one call.", HelpName = "N", DefaultValueFactory = _ => 40 };

    public static Command Create()
    {
        var options = new BenignCommand();
        var command = new Command("benign", "Takes a small recording to train with out of long ones of ordinary work.");
        foreach (var option in (Option[])[options._from, options._out, options._under, options._without, options._most])
        {
            command.Add(option);
        }

        command.SetAction(options.Run);
        return command;
    }

    private int Run(ParseResult parsed)
    {
        var rules = DefaultRules.Load();
        var without = (parsed.GetValue(_without) ?? []).Select(Encoding.UTF8.GetBytes).ToArray();
        var under = parsed.GetValue(_under)!;
        using var writer = new SyscallEventFileWriter(parsed.GetValue(_out)!);
        var (behaviours, programs) = (new Dictionary<ulong, int>(), new Dictionary<string, int>(StringComparer.Ordinal));
        foreach (var file in parsed.GetValue(_from)!)
        {
            using var reader = new SyscallEventFileReader(file);
            var (e, matches) = (new SyscallEvent(), new List<Rule>());
            while (reader.Read(e))
            {
                if (Below(e.Process, under) is not { } process)
                {
                    continue;
                }

                e.Process = process;
                rules.Evaluate(e, matches);
                var program = $"{e.Type} {process.Name}";
                var most = parsed.GetValue(_most);
                if (matches.Count == 0 && programs.GetValueOrDefault(program) < most && behaviours.TryAdd(BehaviourSignature.Of(e), 1))
                {
                    Clean(e);
                    if (!Array.Exists(without, text => Holds(e, text)))
                    {
                        programs[program] = programs.GetValueOrDefault(program) + 1;
                        writer.Append(e);
                    }
                }
            }
        }

        parsed.InvocationConfiguration.Output.WriteLine($"{writer.Count} events of {behaviours.Count} behaviours: {parsed.GetValue(_out)}");
        return 0;
    }

    /// <summary>The process without the ancestors from <paramref name="name"/> up; null where it has no such ancestor.</summary>
    public static ProcessInfo? Below(ProcessInfo? process, string name)
    {
        for (var i = 0; process is not null && i < process.Ancestors.Count; i++)
        {
            if (process.Ancestors[i].Name == Utf8.From(name))
            {
                return process with { Ancestors = [.. process.Ancestors.Take(i)], SessionName = default, SessionExe = default, SessionExePath = default };
            }
        }

        return null;
    }

    private static void Clean(SyscallEvent e)
    {
        e.Data = default;
        e.Env.Clear();
        for (var i = 0; i < e.Params.Count; i++)
        {
            if (Private.Contains(e.Params[i].Name))
            {
                e.Params[i] = new Param(e.Params[i].Name, null, default, default);
            }
        }
    }

    private static bool Holds(SyscallEvent e, byte[] text) =>
        e.Params.Exists(param => param.Text.Span.IndexOf(text) >= 0 || param.Resolved.Span.IndexOf(text) >= 0)
        || e.Fd.Name.Span.IndexOf(text) >= 0
        || e.Process!.CommandLine.Span.IndexOf(text) >= 0 || e.Process.Cwd.Span.IndexOf(text) >= 0 || e.Process.ExePath.Span.IndexOf(text) >= 0
        || e.Process.Exe.Span.IndexOf(text) >= 0 || e.Process.Ancestors.Any(ancestor => ancestor.CommandLine.Span.IndexOf(text) >= 0);
}
