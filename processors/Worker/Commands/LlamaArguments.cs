using System.CommandLine;
using System.Globalization;
using Syscribe.Inference.LlamaCpp;

namespace Syscribe.Worker.Commands;

/// <summary>How libllama runs a model, whichever it is: the options of every command that does.</summary>
internal sealed class LlamaArguments
{
    private readonly Option<string?> _library = new("--llama-lib")
    {
        Description = $"Directory of libllama. Default: ${LlamaLibrary.DirectoryVariable}, else where infra/natives puts it.", HelpName = "DIR",
    };

    private readonly Option<int> _gpuLayers = new("--gpu-layers")
    {
        Description = "Layers on the GPU; -1 for all. Other than 0 without a GPU is an error.", HelpName = "N", DefaultValueFactory = _ => 0,
    };

    private readonly Option<int> _threads = new("--threads") { Description = "Threads that compute.", HelpName = "N", DefaultValueFactory = _ => 1 };

    private readonly Option<string[]> _adapters = new("--lora") { Description = "A LoRA adapter, and its weight if that is not 1.", HelpName = "FILE[:SCALE]" };

    public void AddTo(Command command)
    {
        foreach (var option in (Option[])[_library, _gpuLayers, _threads, _adapters])
        {
            command.Add(option);
        }
    }

    public LlamaModelOptions Read(ParseResult parsed, string path) => new()
    {
        Path = path,
        LibraryDirectory = parsed.GetValue(_library),
        GpuLayers = parsed.GetValue(_gpuLayers),
        Threads = parsed.GetValue(_threads),
        Adapters = [.. (parsed.GetValue(_adapters) ?? []).Select(ParseAdapter)],
    };

    private static LoraAdapter ParseAdapter(string text)
    {
        var colon = text.LastIndexOf(':');
        return colon > 0 && float.TryParse(text.AsSpan(colon + 1), NumberStyles.Float, CultureInfo.InvariantCulture, out var scale)
            ? new LoraAdapter(text[..colon], scale)
            : new LoraAdapter(text);
    }
}
