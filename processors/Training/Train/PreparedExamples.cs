using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Syscribe.Inference.Gguf;
using Syscribe.Inference.Text;
using Syscribe.Training.Data;

namespace Syscribe.Training.Train;

/// <summary>What <c>syscribe-train data</c> writes beside the examples: <c>answers.json</c>.</summary>
/// <param name="Prompt">Template, see <see cref="PromptTemplate"/>.</param>
/// <param name="Answers">Known answers, the harmless one first.</param>
/// <param name="Rules">Names of their rules.</param>
/// <param name="Tags">Tags of their rules, each rule's joined by commas.</param>
/// <param name="Digest">Of the rule set.</param>
public sealed record AnswerFile(string Prompt, string[] Answers, string[] Rules, string[] Tags, string Digest)
{
    private static readonly JsonSerializerOptions Options = new() { PropertyNamingPolicy = JsonNamingPolicy.CamelCase };

    /// <summary>Reads the file.</summary>
    /// <exception cref="TrainingException">It is missing or no such file.</exception>
    public static AnswerFile Read(string path)
    {
        try
        {
            var file = JsonSerializer.Deserialize<AnswerFile>(File.ReadAllText(path), Options);
            return file is { Prompt: not null, Answers.Length: > 1 }
                ? file with { Rules = file.Rules ?? [], Tags = file.Tags ?? [], Digest = file.Digest ?? "" }
                : throw new TrainingException($"Reading {path}: it must hold prompt and at least two answers.");
        }
        catch (Exception e) when (e is IOException or JsonException or UnauthorizedAccessException)
        {
            throw new TrainingException($"Reading the answers from {path} failed: {e.Message} syscribe-train data writes it.", e);
        }
    }
}

/// <summary>Examples as tokens. Immutable.</summary>
internal sealed class PreparedExamples
{
    // Of more keys the first ones say enough: a program's name, path and arguments change together.
    private const int MostBroken = 2;

    private readonly int[] _tokens;
    private readonly int[] _starts;
    private readonly Label[] _labels;

    private PreparedExamples(int[] tokens, int[] starts, Label[] labels, int dropped, Frame frame)
    {
        (_tokens, _starts, _labels, Dropped, Frame) = (tokens, starts, labels, dropped, frame);
    }

    /// <summary>Examples that fit.</summary>
    public int Count => _labels.Length;

    /// <summary>Examples longer than the context, left out.</summary>
    public int Dropped { get; }

    /// <summary>What stands around the events.</summary>
    public Frame Frame { get; }

    /// <summary>Mean tokens of an event's text.</summary>
    public double MeanTokens => Count == 0 ? 0 : (double)_tokens.Length / Count;

    /// <summary>Names texts, answers and vocabulary: the start of a SHA-256, hexadecimal.</summary>
    public string Digest
    {
        get
        {
            using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
            foreach (var part in (int[][])[_tokens, _starts, [.. _labels.Select(label => label.Answer)], .. _labels.Select(label => label.Reason), .. Frame.Answers.Select(answer => answer.Tokens)])
            {
                hash.AppendData(MemoryMarshal.AsBytes<int>(part));
            }

            hash.AppendData([.. _labels.Select(label => label.IsChecked ? (byte)1 : (byte)0)]);
            return Convert.ToHexStringLower(hash.GetHashAndReset().AsSpan(0, 6));
        }
    }

    /// <summary>Tokens of an example's event.</summary>
    public ReadOnlySpan<int> Event(int index) => _tokens.AsSpan(_starts[index], _starts[index + 1] - _starts[index]);

    /// <summary>Index of an example's answer.</summary>
    public int Answer(int index) => _labels[index].Answer;

    /// <summary>
    /// Why an example is harmless, where it is a near miss: the end token, the answer that it just misses, and the keys that
    /// break it. Nobody asks a model for it; training it teaches the model where to look.
    /// </summary>
    public ReadOnlySpan<int> Reason(int index) => _labels[index].Reason;

    /// <summary>Whether an example is a near miss that the rules tell from an alert by themselves.</summary>
    public bool IsChecked(int index) => _labels[index].IsChecked;

    /// <summary>Tokens of an example as it is trained.</summary>
    public int Length(int index, bool fullAnswer)
    {
        var path = Frame.Answers[Answer(index)];
        return Frame.Before.Length + Event(index).Length + Frame.After.Length + (fullAnswer ? path.Tokens.Length : path.Decided) + Reason(index).Length;
    }

    /// <summary>Tokenises <paramref name="examples"/>.</summary>
    /// <param name="examples">What is learned.</param>
    /// <param name="frame">What stands around it.</param>
    /// <param name="tokenizer">The model's; one that puts no blank before a text where names are cut.</param>
    /// <param name="contextTokens">Longest sequence.</param>
    /// <param name="cutNames">
    /// Share of examples whose call's name is cut at random, so that a stem which is one token is known in pieces, too, as a
    /// longer name has it. Provilkov et al. 2020 leave merges out by chance; of a name that is so short one cut is enough.
    /// </param>
    /// <exception cref="TrainingException">An answer's index is out of range, or nothing fits.</exception>
    public static PreparedExamples Of(IEnumerable<Example> examples, Frame frame, SpmTokenizer tokenizer, int contextTokens, double cutNames = 0)
    {
        var (tokens, starts, labels, dropped) = (new List<int>(), new List<int> { 0 }, new List<Label>(), 0);
        var random = new Random(1);
        var room = contextTokens - frame.Before.Length - frame.After.Length - frame.Answers.Max(answer => answer.Tokens.Length);
        foreach (var example in examples)
        {
            if (Math.Min(example.Answer, example.Missed) < 0 || Math.Max(example.Answer, example.Missed) >= frame.Answers.Count)
            {
                throw new TrainingException($"An example has answer {example.Answer} and misses {example.Missed}; answers.json holds {frame.Answers.Count}. Make the data anew.");
            }

            var text = TextOf(example.Text, tokenizer, random.NextDouble() < cutNames ? random : null);
            var reason = example.Missed > 0 ? ReasonOf(example, frame, tokenizer) : [];
            if (text.Length == 0 || text.Length + reason.Length > room)
            {
                dropped++;
                continue;
            }

            tokens.AddRange(text);
            starts.Add(tokens.Count);
            labels.Add(new Label(example.Answer, reason, example.Checked));
        }

        return labels.Count > 0
            ? new PreparedExamples([.. tokens], [.. starts], [.. labels], dropped, frame)
            : throw new TrainingException($"No example fits: {dropped} are empty or longer than the {room} tokens that a context of {contextTokens} leaves.");
    }

    // The name stands first: "call=openat res=ok".
    private static int[] TextOf(string text, SpmTokenizer tokenizer, Random? cut)
    {
        var (start, end) = (text.IndexOf('=', StringComparison.Ordinal) + 1, text.IndexOf(' ', StringComparison.Ordinal));
        if (cut is null || end - start < 2)
        {
            return tokenizer.Tokenize(Encoding.UTF8.GetBytes(text));
        }

        var at = start + 1 + cut.Next(end - start - 1);
        return [.. tokenizer.Tokenize(Encoding.UTF8.GetBytes(text[..at])), .. tokenizer.Tokenize(Encoding.UTF8.GetBytes(text[at..]))];
    }

    private static int[] ReasonOf(Example example, Frame frame, SpmTokenizer tokenizer)
    {
        var keys = (example.Broken ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries).Take(MostBroken);
        return
        [
            frame.Answers[0].Tokens[^1], .. frame.Answers[example.Missed].Short,
            .. keys.SelectMany(key => tokenizer.Tokenize(Encoding.UTF8.GetBytes($" {key}="))),
        ];
    }

    private readonly record struct Label(int Answer, int[] Reason, bool IsChecked);
}

/// <summary>What stands before and after each event, and the answers.</summary>
/// <param name="Before">Begin token and instruction.</param>
/// <param name="After">The template's end.</param>
/// <param name="Answers">Known answers.</param>
internal sealed record Frame(int[] Before, int[] After, IReadOnlyList<AnswerPath> Answers)
{
    /// <summary>The frame as the engine makes it: instruction, event and suffix tokenised apart.</summary>
    public static Frame Of(string prompt, IReadOnlyList<string> answers, SpmTokenizer tokenizer, int beginToken, int endToken)
    {
        var template = PromptTemplate.Parse(prompt);
        return new Frame(
            [beginToken, .. tokenizer.Tokenize(template.Instruction.Span, isFrame: true)],
            tokenizer.Tokenize(template.Suffix.Span, isFrame: true),
            AnswerPaths.Of([.. answers.Select(answer => tokenizer.Tokenize(Encoding.UTF8.GetBytes(answer)))], endToken));
    }
}
