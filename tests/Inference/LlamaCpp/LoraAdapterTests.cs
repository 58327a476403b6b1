using System.Runtime.InteropServices;
using System.Text;
using Syscribe.Inference.Engine;
using Syscribe.Inference.Gguf;
using Syscribe.Inference.LlamaCpp;
using Syscribe.Inference.Tests.Support;

namespace Syscribe.Inference.Tests.LlamaCpp;

/// <summary>
/// An adapter that libllama adds at run time, against the same sum made in the weights: <c>W + scale · alpha / rank · B · A</c>.
/// </summary>
public sealed class LoraAdapterTests : IDisposable
{
    private const int Rank = 4;
    private const float Alpha = 8;
    private static readonly string[] Adapted = ["blk.0.attn_q.weight", "blk.1.ffn_down.weight"];

    private readonly string _folder = Directory.CreateTempSubdirectory("syscribe-lora-").FullName;

    private string Adapter => Path.Combine(_folder, "adapter.gguf");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData(1)]
    [InlineData(0.5f)]
    public void Logits_are_those_of_the_sum_of_weights(float scale)
    {
        WriteAdapter();
        var sum = Path.Combine(_folder, "sum.gguf");
        WriteSum(sum, scale);
        using var model = LlamaCppModel.Open(TestModels.Exact(TestModels.Tiny));
        using var adapted = LlamaCppModel.Open(TestModels.Exact(TestModels.Tiny) with { Adapters = [new LoraAdapter(Adapter, scale)] });
        using var summed = LlamaCppModel.Open(TestModels.Exact(sum));

        var (plain, with, expected) = (Logits(model), Logits(adapted), Logits(summed));
        Assert.InRange(Difference(with, expected), 0, 1e-3);
        Assert.InRange(Difference(with, plain), 0.1, double.MaxValue);
    }

    [Fact]
    public void An_adapter_and_its_scale_make_another_model_of_it()
    {
        WriteAdapter();
        var digests = ((LoraAdapter[])[new(Adapter), new(Adapter, 0.5f)]).Select(adapter =>
        {
            using var model = LlamaCppModel.Open(TestModels.Exact(TestModels.Tiny) with { Adapters = [adapter] });
            return model.Digest;
        }).ToList();
        using var without = LlamaCppModel.Open(TestModels.Exact(TestModels.Tiny));

        Assert.Equal(3, digests.Append(without.Digest).Distinct().Count());
    }

    [Fact]
    public void An_adapter_for_another_shape_is_refused_with_the_library_s_reason()
    {
        _ = TestModels.Tiny;
        new GgufWriter().Set("general.type", "adapter").Set("general.architecture", "llama").Set("adapter.type", "lora").Set("adapter.lora.alpha", Alpha)
            .Add("blk.0.attn_q.weight.lora_a", GgufType.F32, [32, Rank], new float[32 * Rank])
            .Add("blk.0.attn_q.weight.lora_b", GgufType.F32, [Rank, 64], new float[64 * Rank])
            .WriteTo(Adapter);

        var e = Assert.Throws<LlamaException>(
            () => LlamaCppModel.Open(TestModels.Exact(TestModels.Tiny) with { Adapters = [new LoraAdapter(Adapter)] }));
        Assert.Contains("blk.0.attn_q.weight", e.Message, StringComparison.Ordinal);
    }

    // GGUF as convert_lora_to_gguf.py of llama.cpp makes it.
    private void WriteAdapter()
    {
        var writer = new GgufWriter()
            .Set("general.type", "adapter").Set("general.architecture", "llama").Set("adapter.type", "lora").Set("adapter.lora.alpha", Alpha);
        foreach (var tensor in Base().Tensors.Where(tensor => Adapted.Contains(tensor.Name)))
        {
            var (a, b) = Factors(tensor);
            writer.Add(tensor.Name + ".lora_a", GgufType.F32, [tensor.Shape[0], Rank], a);
            writer.Add(tensor.Name + ".lora_b", GgufType.F32, [Rank, tensor.Shape[1]], b);
        }

        writer.WriteTo(Adapter);
    }

    private static GgufFile Base() => GgufFile.Read(TestModels.Tiny);

    // A: rank rows of as many numbers as the matrix has columns; B: a row of rank numbers for each of the matrix's.
    private static (float[] A, float[] B) Factors(GgufTensor tensor)
    {
        var random = new Random(tensor.Name.Length);
        return (Numbers((int)tensor.Shape[0] * Rank), Numbers((int)tensor.Shape[1] * Rank));

        float[] Numbers(int count) => [.. Enumerable.Range(0, count).Select(_ => (random.NextSingle() - 0.5f) * 0.5f)];
    }

    private static void WriteSum(string path, float scale)
    {
        var file = Base();
        var bytes = File.ReadAllBytes(TestModels.Tiny);
        var writer = new GgufWriter();
        foreach (var (key, value) in file.Metadata)
        {
            writer.Set(key, value);
        }

        foreach (var tensor in file.Tensors)
        {
            var weights = MemoryMarshal.Cast<byte, float>(bytes.AsSpan((int)(file.DataOffset + tensor.Offset), (int)tensor.Elements * sizeof(float))).ToArray();
            if (Adapted.Contains(tensor.Name))
            {
                AddProduct(weights, tensor, scale * Alpha / Rank);
            }

            writer.Add(tensor.Name, tensor.Type, tensor.Shape, weights);
        }

        writer.WriteTo(path);
    }

    private static void AddProduct(float[] weights, GgufTensor tensor, float factor)
    {
        var (a, b) = Factors(tensor);
        var (columns, rows) = ((int)tensor.Shape[0], (int)tensor.Shape[1]);
        for (var row = 0; row < rows; row++)
        {
            for (var column = 0; column < columns; column++)
            {
                var sum = 0.0;
                for (var k = 0; k < Rank; k++)
                {
                    sum += (double)b[(row * Rank) + k] * a[(k * columns) + column];
                }

                weights[(row * columns) + column] += (float)(factor * sum);
            }
        }
    }

    private static float[] Logits(LlamaCppModel model)
    {
        var tokens = model.Tokenize(Encoding.ASCII.GetBytes("call=openat path=/etc/shadow"), TokenText.Data);
        var batch = new TokenBatch(tokens.Length);
        for (var i = 0; i < tokens.Length; i++)
        {
            batch.Add(tokens[i], i, sequence: 1, wantsLogits: i == tokens.Length - 1);
        }

        Assert.Equal(DecodeResult.Ok, model.Decode(batch));
        return model.Logits(tokens.Length - 1).ToArray();
    }

    private static double Difference(float[] a, float[] b) => a.Zip(b, (x, y) => (double)Math.Abs(x - y)).Max();
}
