using System.Net;
using System.Text;
using Syscribe.Events;
using Syscribe.Rules;
using Syscribe.Training.Data;

namespace Syscribe.Training.Tests.Data;

/// <summary>
/// What the engine says of an event can be told from its text alone: the text is read back into an event, and the engine
/// asked again. What a text hides, no model can learn.
/// </summary>
public sealed class TextAloneTests
{
    private static readonly RuleSet Rules = DefaultRules.Load();

    [Fact]
    public void The_text_alone_tells_the_answer()
    {
        var source = new DataSource(Rules, new DataOptions());
        var sampler = source.NewSampler(new Vocabulary(new Random(11), half: 0) { Rules = source.Words });
        var wrong = new List<string>();
        var total = 0;
        for (var round = 0; round < 40; round++)
        {
            foreach (var rule in source.Rules)
            {
                foreach (var sample in new[] { sampler.Positive(rule)?.Sample, sampler.NearMiss(rule) })
                {
                    if (sample is null || sample.Text.Contains("\"~\"", StringComparison.Ordinal))
                    {
                        continue;
                    }

                    total++;
                    var again = sampler.Label(Read(sample.Text));
                    if (again.Rule != sample.Rule)
                    {
                        wrong.Add($"{sample.Rule?.Name ?? "-"} | {again.Rule?.Name ?? "-"} | {sample.Text}");
                    }
                }
            }
        }

        Assert.True(wrong.Count <= total / 1000, $"{wrong.Count} of {total}\n{string.Join('\n', wrong.Take(40))}");
    }

    private static Draft Read(string text)
    {
        var line = TextLine.Parse(text);
        string? Value(string key) => line[key] == "-" ? null : Unescape(line[key]);
        var draft = new Draft
        {
            Call = Value("call")!,
            Return = line["res"] switch { "ok" => 0, "-" => null, var error => -long.Parse(error, System.Globalization.CultureInfo.InvariantCulture) },
            Name = Value("proc") ?? "",
            Exe = Value("argv0") ?? Value("proc") ?? "",
            ExePath = Value("exe") ?? "",
            Args = Value("args") ?? "",
            Cwd = Value("cwd") ?? "/",
            User = Value("user") ?? "",
            Uid = line["root"] == "yes" ? 0 : 1000,
            Tty = line["tty"] == "yes" ? 1 : 0,
            Container = line["image"] == "host" ? null : new DraftContainer("0123456789ab", line["image"] == "container" ? null : Value("image"), "c"),
            ExeFlags = (line["origin"].Contains("writable") ? ExeFlags.Writable : 0) | (line["origin"].Contains("upper") ? ExeFlags.UpperLayer : 0)
                | (line["origin"].Contains("memfd") ? ExeFlags.FromMemfd : 0),
            FdType = Value("fd"),
            FdNum = line["std"] == "-" ? 9 : line["std"][0] - '0',
            Path = Value("path"),
            Path2 = Value("path2"),
            RawPath = Value("raw"),
            Flags = Value("flags") ?? "",
            Text = Value("text"),
            Env = [.. (Value("env") ?? "").Split(' ', StringSplitOptions.RemoveEmptyEntries)],
        };
        foreach (var key in new[] { "parent", "parent2", "parent3" })
        {
            if (Value(key) is { } name)
            {
                draft.Ancestors.Add(new DraftAncestor(name, name, ""));
            }
        }

        draft.Ancestors.AddRange((Value("up") ?? "").Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(name => new DraftAncestor(name, name, "")));
        if (Value("peer") is { } peer && IPAddress.TryParse(peer[..peer.LastIndexOf(':')], out var address))
        {
            draft.ServerIp = address.GetAddressBytes();
            draft.ServerPort = int.Parse(peer[(peer.LastIndexOf(':') + 1)..], System.Globalization.CultureInfo.InvariantCulture);
            draft.ClientIp = address.IsIPv4MappedToIPv6 || draft.ServerIp.Length == 4 ? draft.ServerIp[0] == 127 ? [127, 0, 0, 1] : [10, 0, 0, 5] : [0xfd, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 5];
        }

        return draft;
    }

    private static string Unescape(string value)
    {
        var bytes = new List<byte>();
        var text = value.StartsWith('"') ? value[1..^1] : value;
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] == '\\')
            {
                bytes.Add(Convert.ToByte(text.Substring(i + 2, 2), 16));
                i += 3;
            }
            else
            {
                bytes.Add((byte)text[i]);
            }
        }

        return Encoding.UTF8.GetString([.. bytes]);
    }
}
