using System.Globalization;
using System.Text;
using System.Text.Json;
using Syscribe.Events;
using Syscribe.Inference.Gguf;
using Syscribe.Inference.LlamaCpp;
using Syscribe.Inference.Text;

namespace Syscribe.Worker.Tests;

/// <summary><c>syscribe infer</c> with a small model of random weights: what it says is arbitrary, how it says it is not.</summary>
public sealed class InferCommandTests : IDisposable
{
    private const int Count = 40;

    private readonly string _folder = Directory.CreateTempSubdirectory("syscribe-infer-").FullName;

    private string Model => Path.Combine(_folder, "model.gguf");

    private string Recorded => Path.Combine(_folder, "events.avro");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Every_event_gets_a_line_in_order_and_a_repeated_behaviour_the_same_verdict()
    {
        Make();

        var (code, output, error) = await Cli.Run("infer", Recorded, "--model", Model, "--parallel", "4");

        Assert.Equal((ExitCodes.Success, ""), (code, error));
        var lines = output.TrimEnd('\n').Split('\n');
        Assert.Equal(Count, lines.Length);
        for (var i = 0; i < Count; i++)
        {
            Assert.Matches($@"^{i + 1} call{(char)('a' + (i % 8))} [01]\.[0-9]{{4}} (NONE|Critical Shell opened by tool|Warning File /etc/passwd read|Notice Other)( \(cached\))?$", lines[i]);
            Assert.Equal(i >= 8, lines[i].EndsWith("(cached)", StringComparison.Ordinal));
        }

        Assert.All(Enumerable.Range(8, Count - 8), i => Assert.Equal(
            lines[i % 8].Split(' ', 2)[1], lines[i].Split(' ', 2)[1].Replace(" (cached)", "", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Json_lines_carry_verdict_and_cost()
    {
        Make();

        var (_, output, _) = await Cli.Run("infer", Recorded, "--model", Model, "--json", "--threshold", "0.1");

        var objects = output.TrimEnd('\n').Split('\n').Select(line => JsonDocument.Parse(line).RootElement).ToArray();
        Assert.Equal(Enumerable.Range(1, Count).Select(i => (long)i), objects.Select(o => o.GetProperty("seq").GetInt64()));
        Assert.All(objects, o => Assert.InRange(o.GetProperty("score").GetDouble(), 0, 1));
        Assert.All(objects, o => Assert.True(o.GetProperty("promptTokens").GetInt32() > 20));
        Assert.Equal(8, objects.Select(o => o.GetProperty("signature").GetString()).Distinct().Count());
        Assert.Equal(8, objects.Count(o => !o.GetProperty("cached").GetBoolean()));
        Assert.All(objects, o => Assert.Matches("^[0-9a-f]{64}$", o.GetProperty("digest").GetString()));
    }

    [Fact]
    public async Task An_alert_that_a_rule_of_the_user_s_contradicts_is_none_and_said_to_be()
    {
        Make();
        var rules = Path.Combine(_folder, "rules.yaml");
        await File.WriteAllTextAsync(rules, """
            - rule: File %fd.name read
              desc: test
              condition: evt.type = open and proc.name = nobody
              output: file
              priority: WARNING
            """, TestContext.Current.CancellationToken);

        var (code, output, error) = await Cli.Run("infer", Recorded, "--model", Model, "--threshold", "0", "--rules", rules);

        Assert.Equal((ExitCodes.Success, ""), (code, error));
        Assert.DoesNotContain("Warning File /etc/passwd read", output, StringComparison.Ordinal);
        Assert.Contains(" NONE (the event contradicts: Warning File %fd.name read)", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Explained_it_shows_prompt_tokens_choices_and_answer()
    {
        Make();

        var (_, output, _) = await Cli.Run("infer", Recorded, "--model", Model, "--explain");

        var lines = output.TrimEnd('\n').Split('\n');
        var prompt = lines[1]["  prompt  ".Length..].Replace("|", "", StringComparison.Ordinal);
        Assert.StartsWith("Judge: call=calla res=ok proc=tool ", prompt, StringComparison.Ordinal);
        Assert.EndsWith(" answer: ", prompt, StringComparison.Ordinal);
        Assert.Matches(@"^  asked   ""\S+"" [01]\.[0-9]{4}\*  ", lines[2]);
        Assert.Contains("\"NONE\"", lines[2], StringComparison.Ordinal);
        Assert.Contains(lines, line => line.StartsWith("  answer  ", StringComparison.Ordinal));
    }

    [Fact]
    public async Task What_is_unusable_is_named()
    {
        Make();

        var (code, _, error) = await Cli.Run("infer", Recorded, "--model", Recorded);
        Assert.Equal(ExitCodes.Usage, code);
        Assert.Contains("it does not start with GGUF", error, StringComparison.Ordinal);

        (code, _, error) = await Cli.Run("infer", Model, "--model", Model);
        Assert.Equal(ExitCodes.Usage, code);
        Assert.Contains("an Avro file starts with", error, StringComparison.Ordinal);

        (code, _, error) = await Cli.Run("infer", Recorded, "--model", Model, "--threads", "0");
        Assert.Equal(ExitCodes.Usage, code);
        Assert.Contains("Threads is 0; allowed are 1 to 512", error, StringComparison.Ordinal);
    }

    private void Make()
    {
        Assert.SkipWhen(LlamaLibrary.Find() is null, LlamaLibrary.NotFound());
        const string Prompt = "Judge: {event} answer: ";
        string[] answers = ["NONE", "Critical Shell opened by %proc.name", "Warning File %fd.name read", "Notice Other"];
        var vocabulary = SpmVocabulary.Train([Prompt, .. answers, Encoding.ASCII.GetString(ToText.Render(Event(1)))], ["NONE"], 420);
        SyntheticLlama.Write(Model, LlamaShape.Tiny, vocabulary, Prompt, answers, seed: 3, scale: 0.3f);
        using var writer = new SyscallEventFileWriter(Recorded);
        for (var i = 1; i <= Count; i++)
        {
            writer.Append(Event(i));
        }
    }

    private static SyscallEvent Event(int seq)
    {
        var e = new SyscallEvent
        {
            Type = Utf8.From("call" + (char)('a' + ((seq - 1) % 8))),
            Seq = seq,
            Node = Utf8.From("node-1"),
            Return = 0,
            HasFd = true,
            Process = new ProcessInfo
            {
                Pid = seq, Name = Utf8.From("tool"), ExePath = Utf8.From("/usr/bin/tool"), ContainerId = Utf8.From("host"),
                UserName = Utf8.From(seq.ToString(CultureInfo.InvariantCulture)),
            },
        };
        e.Fd.Type = Utf8.From("file");
        e.Fd.Name = Utf8.From("/etc/passwd");
        return e;
    }
}
