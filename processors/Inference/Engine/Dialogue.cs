using System.Text;
using Syscribe.Inference.Text;

namespace Syscribe.Inference.Engine;

/// <summary>The question's frame and the answers allowed, as tokens of one model. Immutable and thread safe.</summary>
internal sealed class Dialogue
{
    private readonly ILanguageModel _model;
    private readonly EngineOptions _options;
    private readonly AnswerTree? _tree;
    private readonly int[] _suffix;
    private readonly int _harmlessToken;

    /// <exception cref="ArgumentException">There is no template or no answers, or the frame leaves no room.</exception>
    public Dialogue(ILanguageModel model, EngineOptions options)
    {
        _model = model;
        _options = options;
        var template = options.PromptTemplate ?? model.PromptTemplate
            ?? throw new ArgumentException("The model has no prompt template (GGUF key syscribe.prompt) and the options give none.");
        var prompt = PromptTemplate.Parse(template);
        Instruction = model.Tokenize(prompt.Instruction.Span, TokenText.Instruction);
        _suffix = model.Tokenize(prompt.Suffix.Span, TokenText.Frame);
        Answers = options.Answers ?? model.Answers;
        var answers = Answers.Select(answer => model.Tokenize(Encoding.UTF8.GetBytes(answer), TokenText.Data)).ToArray();
        if (options.Mode == AnswerMode.Known)
        {
            _tree = AnswerTree.Build(answers, model.EndToken);
        }

        _harmlessToken = answers is [[var first, ..], ..] ? first : model.EndToken;
        AnswerTokens = _tree?.DeepestTokens ?? options.MaxAnswerTokens;
        MaxPromptTokens = Math.Min(options.MaxPromptTokens, model.ContextTokens - AnswerTokens);
        if (Instruction.Length + _suffix.Length >= MaxPromptTokens)
        {
            throw new ArgumentException(
                $"The prompt template takes {Instruction.Length + _suffix.Length} tokens of {MaxPromptTokens} that MaxPromptTokens and a context of {model.ContextTokens} allow.");
        }
    }

    /// <summary>Known answers, the harmless one first.</summary>
    public IReadOnlyList<string> Answers { get; }

    /// <summary>Tokens before the event's, the same for all.</summary>
    public int[] Instruction { get; }

    /// <summary>Most tokens of an answer.</summary>
    public int AnswerTokens { get; }

    /// <summary>Most tokens of a prompt.</summary>
    public int MaxPromptTokens { get; }

    /// <summary>Tokens of a question after the instruction.</summary>
    /// <exception cref="InferenceException">The prompt is too long.</exception>
    /// <exception cref="ArgumentException">The text is empty.</exception>
    public int[] Ask(ReadOnlySpan<byte> eventText)
    {
        if (eventText.IsEmpty)
        {
            throw new ArgumentException("The event's text is empty.", nameof(eventText));
        }

        int[] tokens = [.. _model.Tokenize(eventText, TokenText.Data), .. _suffix];
        var all = Instruction.Length + tokens.Length;
        return all <= MaxPromptTokens
            ? tokens
            : throw new InferenceException(
                InferenceFailure.PromptTooLong, $"The prompt has {all} tokens; MaxPromptTokens and the context allow {MaxPromptTokens}.");
    }

    /// <summary>A new way to an answer.</summary>
    public AnswerWalk Walk() => _tree is null
        ? new FreeWalk(_model, _harmlessToken, _options.MaxAnswerTokens)
        : new KnownAnswerWalk(_tree, _options.SkipForcedTokens, _options.Threshold) { Branches = _options.Explain ? [] : null };

    /// <summary>Pieces of the whole prompt for <paramref name="eventText"/>, one for each token, fit for one line of a log each.</summary>
    public IReadOnlyList<string> Pieces(ReadOnlySpan<byte> eventText) =>
        [.. Instruction.Concat(Ask(eventText)).Select(token => Printable.Escape(_model.Detokenize([token])))];

    /// <summary>What the model was asked on <paramref name="walk"/>'s way, in order.</summary>
    public IReadOnlyList<IReadOnlyList<Choice>> ChoicesOf(AnswerWalk walk) => walk.Branches is not { } branches
        ? []
        : [.. branches.Select(branch => (IReadOnlyList<Choice>)[.. branch.Select((choice, i) => new Choice(TextOf(choice.Token), choice.Probability, i == 0))])];

    /// <summary>The text of an answer that a walk ended with.</summary>
    public string TextOf(AnswerWalk walk) => walk is FreeWalk free
        ? Printable.Escape(_model.Detokenize(free.Generated).Trim())
        : Answers[walk.Answer];

    private string TextOf(int token) => _model.IsEnd(token) ? "(end)" : Printable.Escape(_model.Detokenize([token]));
}
