using System.Text;
using Syscribe.Inference.Gguf;
using Syscribe.Training.Cpu;
using Syscribe.Training.Model;
using Syscribe.Training.Tests.Support;
using Syscribe.Training.Train;

namespace Syscribe.Training.Tests.Train;

public sealed class TrainerTests
{
    [Fact]
    public void The_same_seed_gives_the_same_bytes_on_one_core_and_on_two_and_another_one_others()
    {
        Assert.SkipUnless(CpuLlama.Supports(TinyTraining.Shape), "this processor has no AVX-512: libtorch's sums depend on its threads");

        // Three parts, of which the first and the third are one thread's.
        var options = TinyTraining.Options with { BatchExamples = 20 };
        Assert.Equal(Bytes(options), Bytes(options with { Threads = 2 }));
        Assert.NotEqual(Bytes(options), Bytes(options with { Seed = 4 }));

        static byte[] Bytes(TrainOptions options)
        {
            using var folder = new TemporaryFolder();
            using var training = new TinyTraining(options).Run(6);
            training.Export(folder.File("model.gguf"));
            return File.ReadAllBytes(folder.File("model.gguf"));
        }
    }

    [Fact]
    public void No_thread_at_all_is_refused() =>
        Assert.Equal("--threads 0: allowed is 1 or more.", Assert.Throws<TrainingException>(() => TorchRuntime.Start(threads: 0)).Message);

    [Fact]
    public void Loss_falls()
    {
        using var training = new TinyTraining(TinyTraining.Options with { Steps = 60, LearningRate = 5e-3 });
        using var gradients = new TorchGradients(training.Model);
        var examples = TinyTraining.Prepared();
        var batch = PackedBatch.Of(examples, [.. Enumerable.Range(0, 64).Select(i => (i, false))], TinyTraining.Options);
        var first = gradients.Step(batch);
        training.Run(60);
        var last = gradients.Step(batch);

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

    [Fact]
    public void A_near_miss_is_trained_with_the_rule_that_it_misses_and_the_keys_that_break_it()
    {
        var examples = TinyTraining.Prepared();
        var index = Enumerable.Range(0, examples.Count).First(i => !examples.Reason(i).IsEmpty);
        var example = TinyTraining.Examples.First(example => example.Missed > 0);

        var key = TinyTraining.Vocabulary.Tokenizer().Tokenize(Encoding.UTF8.GetBytes($" {example.Broken!.Split(',')[0]}="));
        int[] reason = [SpmVocabulary.End, .. examples.Frame.Answers[example.Missed].Short, .. key];
        Assert.Equal(reason, examples.Reason(index)[..reason.Length].ToArray());

        var with = PackedBatch.Of(examples, [(index, false)], TinyTraining.Options);
        Assert.Equal(examples.Length(index, fullAnswer: false) - 1, with.Tokens.Length);
        Assert.Equal((example.Checked ? TinyTraining.Options.CheckedLoss : 1) + TinyTraining.Options.PromptLoss + examples.Reason(index).Length - 1, with.Weights.Sum(), 1e-3);
        Assert.Single(with.IsDecision, isDecision => isDecision);
        Assert.All(examples.Reason(index)[1..].ToArray(), token => Assert.Contains(token, with.Targets));
    }

    [Fact]
    public void A_near_miss_that_the_rules_refuse_whichever_the_call_weighs_less()
    {
        var examples = TinyTraining.Prepared();
        Assert.Equal(TinyTraining.Options.CheckedLoss, Decision(isChecked: true), 1e-6);
        Assert.Equal(1, Decision(isChecked: false), 1e-6);

        double Decision(bool isChecked)
        {
            var index = Enumerable.Range(0, examples.Count).First(i => !examples.Reason(i).IsEmpty && examples.IsChecked(i) == isChecked);
            var batch = PackedBatch.Of(examples, [(index, false)], TinyTraining.Options);
            return batch.Weights[Array.IndexOf(batch.IsDecision, true)];
        }
    }

    [Fact]
    public void Of_a_prompt_one_token_in_so_many_counts_and_together_they_weigh_the_same()
    {
        var examples = TinyTraining.Prepared();
        var batch = new Batches(examples, TinyTraining.Options).Of(1);
        var all = PackedBatch.Of(examples, batch, TinyTraining.Options with { PromptEvery = 1 });
        var some = PackedBatch.Of(examples, batch, TinyTraining.Options with { PromptEvery = 4 });

        Assert.InRange(some.Positions.Length, all.Positions.Length / 5, all.Positions.Length / 2);
        Assert.Equal(all.Weights.Sum(), some.Weights.Sum(), 1e-3);
        Assert.Equal(all.Tokens, some.Tokens);
    }

    [Fact]
    public void Names_are_cut_in_the_share_that_is_asked_for_and_nothing_else_is()
    {
        var tokenizer = TinyTraining.Vocabulary.Tokenizer();
        var examples = TinyTraining.Examples.Where(example => example.Call.Length > 1 && Ascii.IsValid(example.Text) && example.Text.Length < 300).Take(300).ToList();
        var (whole, cut) = (Of(0), Of(1));

        // Where a name is cut as it was in two tokens anyway nothing changes.
        var changed = Enumerable.Range(0, examples.Count).Where(i => !whole.Event(i).SequenceEqual(cut.Event(i))).ToList();
        Assert.True(changed.Count > 150, $"{changed.Count} of 300");
        Assert.All(Enumerable.Range(0, examples.Count), i =>
        {
            Assert.Equal(examples[i].Text, Text(cut, i));
            Assert.Equal(Rest(whole, i), Rest(cut, i));
        });
        var some = Of(0.3);
        Assert.InRange(changed.Count(i => !whole.Event(i).SequenceEqual(some.Event(i))), 30, changed.Count / 2);

        PreparedExamples Of(double share) => PreparedExamples.Of(examples, TinyTraining.Prepared().Frame, tokenizer, TinyTraining.Shape.ContextTokens, share);

        string Text(PreparedExamples of, int i) => string.Concat(of.Event(i).ToArray().Select(Piece));

        // Tokens behind the name.
        int[] Rest(PreparedExamples of, int i)
        {
            var left = examples[i].Text.IndexOf(' ', StringComparison.Ordinal);
            return [.. of.Event(i).ToArray().SkipWhile(token => (left -= Piece(token).Length) >= 0)];
        }

        string Piece(int token) => TinyTraining.Vocabulary.Tokens[token].Replace('\u2581', ' ');
    }

    [Fact]
    public void A_miss_of_an_answer_that_is_not_there_is_refused()
    {
        var tokenizer = TinyTraining.Vocabulary.Tokenizer();
        var frame = TinyTraining.Prepared().Frame;
        var example = TinyTraining.Examples[0] with { Answer = 0, Missed = frame.Answers.Count };

        var refusal = Assert.Throws<TrainingException>(() => PreparedExamples.Of([example], frame, tokenizer, TinyTraining.Shape.ContextTokens));

        Assert.Contains($"misses {frame.Answers.Count}", refusal.Message, StringComparison.Ordinal);
    }
}
