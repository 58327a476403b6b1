using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Syscribe.Inference.Engine;
using Syscribe.Inference.LlamaCpp;
using Syscribe.Inference.Text;

namespace Syscribe.Bench.Inference;

/// <summary>
/// node-llama-cpp, which runs the same build of libllama: the same model file, prompt tokens, number of sequences and threads, its
/// own batching, its answers constrained by a grammar of the same known answers.
/// </summary>
/// <param name="root">The repository.</param>
internal sealed class PeerEngine(string root)
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);

    private readonly string _modules = Path.Combine(root, ".cache", "peer");

    /// <summary>Whether it is installed.</summary>
    public bool IsInstalled => Directory.Exists(Path.Combine(_modules, "node_modules", "node-llama-cpp"));

    /// <summary>Tokens of each prompt, as our engine makes them.</summary>
    public static int[][] Tokens(LlamaModelOptions options, IEnumerable<byte[]> texts)
    {
        using var model = LlamaCppModel.Open(options);
        var template = PromptTemplate.Parse(model.PromptTemplate ?? throw new InvalidOperationException("the model has no template"));
        var instruction = model.Tokenize(template.Instruction.Span, TokenText.Instruction);
        var suffix = model.Tokenize(template.Suffix.Span, TokenText.Frame);
        return [.. texts.Select(text => (int[])[.. instruction, .. model.Tokenize(text, TokenText.Data), .. suffix])];
    }

    /// <summary>Answers <paramref name="prompts"/> in a process of its own; its start and warming up do not count.</summary>
    public Measured Ask(LlamaModelOptions model, string[] answers, int[][] prompts, string file)
    {
        File.WriteAllText(file, JsonSerializer.Serialize(new { model = model.Path, sequences = model.MaxSequences, answers, prompts }, Json));
        var script = Path.Combine(_modules, "peer.mjs"); // beside its modules, where Node.js looks for them
        File.Copy(Path.Combine(root, "tests", "Bench", "Inference", "peer", "peer.mjs"), script, overwrite: true);
        using var node = Process.Start(new ProcessStartInfo("node") { ArgumentList = { script, file }, RedirectStandardOutput = true })
            ?? throw new InvalidOperationException("node did not start");
        var output = node.StandardOutput.ReadToEnd();
        node.WaitForExit();
        var line = output.Split('\n').LastOrDefault(text => text.StartsWith('{'))
            ?? throw new InvalidOperationException(string.Create(CultureInfo.InvariantCulture, $"node-llama-cpp ended with {node.ExitCode} and no result; its words are above"));
        var result = JsonDocument.Parse(line).RootElement;
        var done = result.GetProperty("answers").EnumerateArray().Count(answer => answers.Contains(answer.GetString()));
        return new Measured(
            TimeSpan.FromSeconds(result.GetProperty("seconds").GetDouble()), TimeSpan.FromSeconds(result.GetProperty("cpuSeconds").GetDouble()), 0, done, prompts.Length - done);
    }
}
