using System.CommandLine;
using System.Runtime.InteropServices;
using Syscribe.Training.Model;

namespace Syscribe.Training.Train;

/// <summary>What every command that trains has in common: checkpoints, progress, being stopped, errors as sentences.</summary>
internal sealed class TrainingLoop
{
    private readonly Option<string> _checkpoint = new("--checkpoint") { Description = "Folder for the state of training, written every --checkpoint-every seconds, when stopped and at the end.", HelpName = "DIR" };
    private readonly Option<int> _every = new("--checkpoint-every") { Description = "Seconds between checkpoints.", HelpName = "N", DefaultValueFactory = _ => 120 };
    private readonly Option<bool> _resume = new("--resume") { Description = "Go on from the checkpoint, with the same data and options; from the start if there is none." };

    /// <summary>Its options.</summary>
    public IReadOnlyList<Option> Options => [_checkpoint, _every, _resume];

    /// <summary>Runs a command's work; what its user can do something about becomes a sentence and exit code 1.</summary>
    public static int Guard(ParseResult parsed, Action work)
    {
        try
        {
            work();
            return 0;
        }
        catch (Exception e) when (e is TrainingException or IOException or UnauthorizedAccessException or InvalidDataException or FormatException)
        {
            parsed.InvocationConfiguration.Error.WriteLine(e.Message);
            return 1;
        }
    }

    /// <summary>Trains to the last step, or to the one in which SIGINT or SIGTERM comes.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="trainer">Makes the steps.</param>
    /// <param name="weights">What is trained.</param>
    /// <param name="steps">Steps in all.</param>
    /// <param name="recipe">Names data and options.</param>
    /// <param name="outPath">The model; its curve goes beside it.</param>
    public void Run(ParseResult parsed, Trainer trainer, IReadOnlyList<Weight> weights, int steps, string recipe, string outPath)
    {
        var file = parsed.GetValue(_checkpoint) is { Length: > 0 } folder ? Path.Combine(Directory.CreateDirectory(folder).FullName, Checkpoint.FileName) : null;
        if (parsed.GetValue(_resume) && file is not null && File.Exists(file))
        {
            Checkpoint.Read(file, weights, trainer, recipe);
        }

        // Only from here on: what comes before keeps nothing and ends at once.
        using var stop = new CancellationTokenSource();
        using var onInterrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
        using var onTermination = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
        using var progress = new ProgressReport(
            parsed.InvocationConfiguration.Output, !Console.IsOutputRedirected, Path.ChangeExtension(outPath, ".curve.jsonl"), trainer.Step > 0, steps, TimeProvider.System);
        var (every, saved) = (TimeSpan.FromSeconds(parsed.GetValue(_every)), TimeProvider.System.GetTimestamp());
        while (trainer.Step < steps)
        {
            progress.Add(trainer.Next());
            var isStopped = stop.IsCancellationRequested;
            if (file is not null && (isStopped || trainer.Step == steps || TimeProvider.System.GetElapsedTime(saved) >= every))
            {
                Checkpoint.Write(file, weights, trainer, recipe);
                saved = TimeProvider.System.GetTimestamp();
            }

            if (isStopped)
            {
                throw new TrainingException($"Stopped after step {trainer.Step} of {steps}{(file is null ? "; nothing was kept, --checkpoint keeps it" : "; --resume goes on from here")}.");
            }
        }

        void Stop(PosixSignalContext signal)
        {
            signal.Cancel = true;
            stop.Cancel();
        }
    }
}
