using System.CommandLine;
using Syscribe.Inference;
using Syscribe.Inference.Engine;
using Syscribe.Inference.Gguf;
using Syscribe.Inference.LlamaCpp;

namespace Syscribe.Worker.Commands;

/// <summary>The options of every command that runs a model.</summary>
internal sealed class ModelArguments
{
    private readonly Option<string> _model = ShippedModel.Path is { } shipped
        ? new("--model", "-m") { Description = "The model, a GGUF file. Default: the small one that comes with the program.", HelpName = "FILE", DefaultValueFactory = _ => shipped }
        : new("--model", "-m") { Description = "The model, a GGUF file.", HelpName = "FILE", Required = true };

    private readonly LlamaArguments _llama = new();

    private readonly Option<int> _parallel = new("--parallel")
    {
        Description = "Prompts decoded together.", HelpName = "N", DefaultValueFactory = _ => 16,
    };

    private readonly Option<int> _context = new("--context")
    {
        Description = "Tokens of context, shared by all prompts.", HelpName = "N", DefaultValueFactory = _ => 4096,
    };

    private readonly Option<double> _threshold = new("--threshold")
    {
        Description = "Score from which an answer is an alert, 0 to 1: lower finds more and errs more.", HelpName = "X", DefaultValueFactory = _ => EngineOptions.DefaultThreshold,
    };

    public void AddTo(Command command)
    {
        foreach (var option in (Option[])[_model, _threshold, _parallel, _context])
        {
            command.Add(option);
        }

        _llama.AddTo(command);
    }

    /// <summary>Loads the model and starts.</summary>
    /// <exception cref="UserErrorException">The model, the library or an option is unusable.</exception>
    public InferenceEngine Start(ParseResult parsed, EngineOptions options)
    {
        try
        {
            return InferenceEngine.Start(options with
            {
                Model = _llama.Read(parsed, parsed.GetValue(_model) ?? "") with
                {
                    MaxSequences = parsed.GetValue(_parallel),
                    ContextTokens = parsed.GetValue(_context),
                },
                Threshold = parsed.GetValue(_threshold),
            });
        }
        catch (Exception e) when (IsOfTheUser(e))
        {
            throw new UserErrorException(e.Message, e);
        }
    }

    /// <summary>Whether the user can do something about it: a file, an option, the library.</summary>
    public static bool IsOfTheUser(Exception e) =>
        e is LlamaException or GgufException or InferenceException or ArgumentException or FormatException or IOException or UnauthorizedAccessException;
}
