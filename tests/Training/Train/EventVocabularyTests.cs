using System.Text;
using Syscribe.Inference.Engine;
using Syscribe.Training.Tests.Support;

namespace Syscribe.Training.Tests.Train;

public sealed class EventVocabularyTests
{
    [Fact]
    public void The_trainer_cuts_texts_into_tokens_as_libllama_does()
    {
        using var folder = new TemporaryFolder();
        using var training = new TinyTraining();
        training.Export(folder.File("model.gguf"));
        using var served = Libllama.Open(folder.File("model.gguf"));
        var tokenizer = TinyTraining.Vocabulary.Tokenizer();

        var checkedTexts = 0;
        foreach (var text in Texts(new Random(11)))
        {
            Assert.Equal(served.Tokenize(text, TokenText.Data), tokenizer.Tokenize(text));
            Assert.Equal(served.Tokenize(text, TokenText.Frame), tokenizer.Tokenize(text, isFrame: true));
            checkedTexts++;
        }

        Assert.True(checkedTexts > 4000, $"{checkedTexts} texts");
    }

    [Fact]
    public void Each_key_is_one_token_and_values_are_cut_alike_behind_any_key()
    {
        var tokenizer = TinyTraining.Vocabulary.Tokenizer();
        var path = tokenizer.Tokenize(" path=/etc/shadow"u8);
        var other = tokenizer.Tokenize(" path2=/etc/shadow"u8);

        Assert.Equal(" path=", TinyTraining.Vocabulary.Tokens[path[0]]);
        Assert.Equal(" path2=", TinyTraining.Vocabulary.Tokens[other[0]]);
        Assert.Equal(path[1..], other[1..]);
    }

    [Fact]
    public void A_frequent_short_field_is_one_token() => Assert.Single(TinyTraining.Vocabulary.Tokenizer().Tokenize(" tty=no"u8));

    [Fact]
    public void No_merge_crosses_a_blank() =>
        Assert.DoesNotContain(TinyTraining.Vocabulary.Tokens, token => token.LastIndexOf('\u2581') > 0);

    [Fact]
    public void The_same_corpus_gives_the_same_vocabulary()
    {
        string[] texts = [.. TinyTraining.Examples.Take(200).Select(example => example.Text)];

        Assert.Equal(Learn(texts), Learn([.. texts.Reverse()]));

        static IReadOnlyList<string> Learn(string[] texts) =>
            Syscribe.Training.Train.EventVocabulary.Learn(texts, TinyTraining.Answers.Answers, 600).Tokens;
    }

    private static IEnumerable<byte[]> Texts(Random random)
    {
        foreach (var text in TinyTraining.Examples.Select(example => Encoding.UTF8.GetBytes(example.Text)))
        {
            yield return text;
            yield return Damaged(text, random);
        }

        foreach (var text in (string[])["", " ", "  ", "call=", "syscall= path= path=-", "<s>call=</s>", "<0x41>NONE", "\u2581a \u2581", "päth=ü 😀 \u2581"])
        {
            yield return Encoding.UTF8.GetBytes(text);
        }

        for (var i = 0; i < 1500; i++)
        {
            var bytes = new byte[random.Next(1, 80)];
            random.NextBytes(bytes);
            yield return i % 3 == 0 ? bytes : [.. bytes.Select(b => (byte)(' ' + (b % 95)))];
        }
    }

    // Bytes changed, put in and taken out; among them ones that are no UTF-8.
    private static byte[] Damaged(byte[] text, Random random)
    {
        var bytes = text.ToList();
        for (var i = 0; i < 6; i++)
        {
            var at = random.Next(bytes.Count);
            switch (random.Next(3))
            {
                case 0: bytes[at] = (byte)random.Next(1, 256); break;
                case 1: bytes.Insert(at, (byte)random.Next(' ', 127)); break;
                default: bytes.RemoveAt(at); break;
            }
        }

        return [.. bytes];
    }
}
