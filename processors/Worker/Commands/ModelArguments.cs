using System.CommandLine;
using System.Globalization;
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

    private readonly Option<string?> _library = new("--llama-lib")
    {
        Description = $"Directory of libllama. Default: ${LlamaLibrary.DirectoryVariable}, else where infra/natives puts it.", HelpName = "DIR",
    };

    private readonly Option<int> _gpuLayers = new("--gpu-layers")
    {
        Description = "Layers on the GPU; -1 for all. Other than 0 without a GPU is an error.", HelpName = "N", DefaultValueFactory = _ => 0,
    };

    private readonly Option<int> _threads = new("--threads") { Description = "Threads that compute.", HelpName = "N", DefaultValueFactory = _ => 1 };

    private readonly Option<int> _parallel = new("--parallel")
    {
        Description = "Prompts decoded together.", HelpName = "N", DefaultValueFactory = _ => 16,
    };

    private readonly Option<int> _context = new("--context")
    {
        Description = "Tokens of context, shared by all prompts.", HelpName = "N", DefaultValueFactory = _ => 4096,
    };

    private readonly Option<string[]> _adapters = new("--lora") { Description = "A LoRA adapter, and its weight if that is not 1.", HelpName = "FILE[:SCALE]" };

    public void AddTo(Command command)
    {
        foreach (var option in (Option[])[_model, _library, _gpuLayers, _threads, _parallel, _context, _adapters])
        {
            command.Add(option);
        }
    }

    /// <summary>Loads the model and starts.</summary>
    /// <exception cref="UserErrorException">The model, the library or an option is unusable.</exception>
    public InferenceEngine Start(ParseResult parsed, EngineOptions options)
    {
        try
        {
            return InferenceEngine.Start(options with
            {
                Model = new LlamaModelOptions
                {
                    Path = parsed.GetValue(_model) ?? "",
                    LibraryDirectory = parsed.GetValue(_library),
                    GpuLayers = parsed.GetValue(_gpuLayers),
                    Threads = parsed.GetValue(_threads),
                    MaxSequences = parsed.GetValue(_parallel),
                    ContextTokens = parsed.GetValue(_context),
                    Adapters = [.. (parsed.GetValue(_adapters) ?? []).Select(ParseAdapter)],
                },
            });
        }
        catch (Exception e) when (e is LlamaException or GgufException or InferenceException or ArgumentException or FormatException or IOException or UnauthorizedAccessException)
        {
            throw new UserErrorException(e.Message, e);
        }
    }

    private static LoraAdapter ParseAdapter(string text)
    {
        var colon = text.LastIndexOf(':');
        return colon > 0 && float.TryParse(text.AsSpan(colon + 1), NumberStyles.Float, CultureInfo.InvariantCulture, out var scale)
            ? new LoraAdapter(text[..colon], scale)
            : new LoraAdapter(text);
    }
}
