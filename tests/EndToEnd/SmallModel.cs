using Syscribe.Inference.Gguf;
using Syscribe.Inference.Suspects;
using Syscribe.Rules;

namespace Syscribe.EndToEnd.Tests;

/// <summary>
/// A model of random weights: for what surrounds a model. Its one alert is that of a rule which names calls and nothing else that
/// contradicts an event by another call, so that it stands whatever the numbers are that a processor makes of the weights.
/// </summary>
internal sealed class SmallModel : IDisposable
{
    private const string Prompt = "Judge this event.\n{event}\nalert: ";
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("syscribe-model-");

    public SmallModel()
    {
        Path = System.IO.Path.Combine(_folder.FullName, "small.gguf");
        var known = KnownAnswers.From(RuleLoader.Load([DefaultRules.Source]).RuleSet!); // held to be valid by their own tests
        string[] answers = [KnownAnswers.Harmless, known.Texts.Single(text => text.StartsWith("Warning A kernel module load was attempted", StringComparison.OrdinalIgnoreCase))];
        var vocabulary = SpmVocabulary.Train([Prompt, .. answers], [KnownAnswers.Harmless], size: 400);
        SyntheticLlama.Write(Path, LlamaShape.Tiny, vocabulary, Prompt, answers, scale: 0.3f);
    }

    public string Path { get; }

    public void Dispose() => _folder.Delete(recursive: true);
}
