using Syscribe.Inference.Gguf;
using Syscribe.Inference.Suspects;
using Syscribe.Rules;

namespace Syscribe.EndToEnd.Tests;

/// <summary>A model of random weights that answers with the default rules' alerts, one or another: for what surrounds a model.</summary>
internal sealed class SmallModel : IDisposable
{
    private const string Prompt = "Judge this event.\n{event}\nalert: ";
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("syscribe-model-");

    public SmallModel()
    {
        Path = System.IO.Path.Combine(_folder.FullName, "small.gguf");
        var answers = KnownAnswers.From(RuleLoader.Load([DefaultRules.Source]).RuleSet!).Texts; // held to be valid by their own tests
        var vocabulary = SpmVocabulary.Train([Prompt, .. answers], [KnownAnswers.Harmless], size: 400);
        SyntheticLlama.Write(Path, LlamaShape.Tiny, vocabulary, Prompt, answers, scale: 0.3f);
    }

    public string Path { get; }

    public void Dispose() => _folder.Delete(recursive: true);
}
