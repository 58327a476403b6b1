using Syscribe.Training.Tests.Support;
using Syscribe.Training.Train;

namespace Syscribe.Training.Tests.Train;

public sealed class TrainerTests
{
    [Fact]
    public void The_same_seed_gives_the_same_bytes_and_another_one_others()
    {
        Assert.Equal(Bytes(TinyTraining.Options), Bytes(TinyTraining.Options));
        Assert.NotEqual(Bytes(TinyTraining.Options), Bytes(TinyTraining.Options with { Seed = 4 }));

        static byte[] Bytes(TrainOptions options)
        {
            using var folder = new TemporaryFolder();
            using var training = new TinyTraining(options).Run(6);
            training.Export(folder.File("model.gguf"));
            return File.ReadAllBytes(folder.File("model.gguf"));
        }
    }

    [Fact]
    public void Loss_falls()
    {
        using var training = new TinyTraining(TinyTraining.Options with { Steps = 60, LearningRate = 5e-3 });
        var first = training.Trainer.Next();
        training.Run(58);
        var last = training.Trainer.Next();

        Assert.True(last.Loss < 0.6 * first.Loss, $"{first.Loss} at first, {last.Loss} at last");
        Assert.True(last.AnswerLoss < 0.5 * first.AnswerLoss, $"{first.AnswerLoss} at first, {last.AnswerLoss} at last");
    }

    [Fact]
    public void Training_that_goes_on_from_a_checkpoint_ends_as_if_it_had_not_stopped()
    {
        using var folder = new TemporaryFolder();
        using var whole = new TinyTraining().Run(9);
        using (var first = new TinyTraining().Run(5))
        {
            Checkpoint.Write(folder.File("c"), first.Model.Weights, first.Trainer, "a");
        }

        using var second = new TinyTraining();
        Checkpoint.Read(folder.File("c"), second.Model.Weights, second.Trainer, "a");
        Assert.Equal(5, second.Trainer.Step);
        second.Run(4);
        Assert.Equal(whole.Trainer.Tokens, second.Trainer.Tokens);
        whole.Export(folder.File("whole.gguf"));
        second.Export(folder.File("second.gguf"));
        Assert.Equal(File.ReadAllBytes(folder.File("whole.gguf")), File.ReadAllBytes(folder.File("second.gguf")));
    }

    [Fact]
    public void A_checkpoint_of_other_data_or_options_is_refused()
    {
        using var folder = new TemporaryFolder();
        using var training = new TinyTraining();
        Checkpoint.Write(folder.File("c"), training.Model.Weights, training.Trainer, "seed 1");

        var refusal = Assert.Throws<TrainingException>(() => Checkpoint.Read(folder.File("c"), training.Model.Weights, training.Trainer, "seed 2"));

        Assert.Contains("seed 1", refusal.Message, StringComparison.Ordinal);
        Assert.Contains("seed 2", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_step_sees_each_example_of_an_epoch_once()
    {
        var examples = TinyTraining.Prepared();
        var batches = new Batches(examples, TinyTraining.Options);

        var seen = Enumerable.Range(0, batches.PerEpoch).SelectMany(step => batches.Of(step)).Select(item => item.Index).ToList();

        Assert.Equal(batches.PerEpoch * TinyTraining.Options.BatchExamples, seen.Distinct().Count());
        Assert.Equal(seen.Count, seen.Distinct().Count());
    }

    [Fact]
    public void An_answers_path_ends_with_its_last_decision()
    {
        var paths = AnswerPaths.Of([[7], [8, 1, 2, 3], [8, 1, 4, 3], [8, 1, 4, 3, 5]], endToken: 0);

        Assert.Equal([1, 3, 5, 5], paths.Select(path => path.Decided));
        Assert.Equal([true, false, true, false, true], paths[2].IsDecision);
        Assert.Equal([8, 1, 4, 3, 0], paths[2].Tokens);
    }
}
