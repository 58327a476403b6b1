using Syscribe.Training.Tests.Support;

namespace Syscribe.Training.Tests.Train;

public sealed class TrainerTests
{
    [Fact]
    public void The_same_seed_gives_the_same_bytes_and_another_one_others()
    {
        Assert.Equal(Bytes(TinyTraining.Options), Bytes(TinyTraining.Options));
        Assert.NotEqual(Bytes(TinyTraining.Options), Bytes(TinyTraining.Options with { Seed = 4 }));

        static byte[] Bytes(Syscribe.Training.Train.TrainOptions options)
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
}
