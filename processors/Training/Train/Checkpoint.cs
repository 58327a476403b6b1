using System.Globalization;
using System.Runtime.InteropServices;
using Syscribe.Training.Model;

namespace Syscribe.Training.Train;

/// <summary>
/// What training needs to go on as if it had never stopped: weights, the optimiser's means, and how far it was; a
/// safetensors file. Order and choices follow from seed and step.
/// </summary>
internal static class Checkpoint
{
    /// <summary>Name of the file in the folder given.</summary>
    public const string FileName = "checkpoint.safetensors";

    /// <summary>Writes the state.</summary>
    /// <param name="path">File to write; replaced if there, and whole at any time.</param>
    /// <param name="weights">What is trained.</param>
    /// <param name="trainer">Optimiser and progress.</param>
    /// <param name="recipe">Names data and options: training goes on only with the same.</param>
    public static void Write(string path, IReadOnlyList<Weight> weights, Trainer trainer, string recipe)
    {
        var tensors = new List<(string, long[], ReadOnlyMemory<float>)>();
        for (var i = 0; i < weights.Count; i++)
        {
            var (name, value, _, _) = weights[i];
            tensors.Add((name, value.shape, MemoryMarshal.Cast<byte, float>(value.bytes).ToArray()));
            tensors.Add((name + ".first", value.shape, trainer.Optimizer.First[i]));
            tensors.Add((name + ".second", value.shape, trainer.Optimizer.Second[i]));
        }

        Safetensors.Write(path, tensors, new Dictionary<string, string>
        {
            ["step"] = trainer.Step.ToString(CultureInfo.InvariantCulture),
            ["tokens"] = trainer.Tokens.ToString(CultureInfo.InvariantCulture),
            ["recipe"] = recipe,
        });
    }

    /// <summary>Puts the state of a file into model and trainer.</summary>
    /// <exception cref="TrainingException">It belongs to other data or options, or is no checkpoint.</exception>
    public static void Read(string path, IReadOnlyList<Weight> weights, Trainer trainer, string recipe)
    {
        using var file = Safetensors.Open(path);
        if (file.Metadata.GetValueOrDefault("recipe") is var found && found != recipe)
        {
            throw new TrainingException($"Going on from {path}: it is of \"{found}\", and this is \"{recipe}\". Give the same data and options, or leave --resume out.");
        }

        for (var i = 0; i < weights.Count; i++)
        {
            var (name, value, _, _) = weights[i];
            Fill(file, name, MemoryMarshal.Cast<byte, float>(value.bytes));
            Fill(file, name + ".first", trainer.Optimizer.First[i]);
            Fill(file, name + ".second", trainer.Optimizer.Second[i]);
        }

        trainer.Step = int.Parse(file.Metadata["step"], CultureInfo.InvariantCulture);
        trainer.Tokens = long.Parse(file.Metadata["tokens"], CultureInfo.InvariantCulture);
    }

    private static void Fill(Safetensors file, string name, Span<float> to)
    {
        var values = file.ReadFloats(name);
        if (values.Length != to.Length)
        {
            throw new TrainingException($"Tensor {name} of the checkpoint has {values.Length} numbers; this model has {to.Length}.");
        }

        values.CopyTo(to);
    }
}
