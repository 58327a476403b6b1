using Syscribe.Inference.Gguf;
using Syscribe.Inference.LlamaCpp;
using Syscribe.Inference.Measure;

namespace Syscribe.Inference.Tests.Measure;

public sealed class SyntheticModelTests
{
    // LLaMA 2 has 13,015,864,320 and 6,738,415,616 weights; its norms (two a layer and one) are F32.
    [Theory]
    [InlineData("13b", GgufType.F16, 13_015_864_320, 81 * 5120, 64)]
    [InlineData("13b", GgufType.Q8_0, 13_015_864_320, 81 * 5120, 34)]
    [InlineData("7b", GgufType.F16, 6_738_415_616, 65 * 4096, 64)]
    public void The_large_ones_have_the_size_of_the_real_ones(string size, GgufType type, long weights, long norms, long bytesOf32)
    {
        var expected = ((weights - norms) / 32 * bytesOf32) + (norms * 4);

        Assert.InRange(SyntheticModel.BytesOf(size, type), expected, expected + (2 << 20)); // and the header
    }

    [Fact]
    public void A_disk_without_the_room_is_refused_with_what_is_needed()
    {
        var error = Assert.Throws<IOException>(() => SyntheticModel.RequireRoom("A model of size 13b and type F16", "/models", 26_033_000_000, 12_345_000_000));

        Assert.StartsWith("A model of size 13b and type F16 takes 26.0 GB, and /models has 12.3 GB free. Another disk (--out FILE),", error.Message, StringComparison.Ordinal);
        SyntheticModel.RequireRoom("A model", "/models", 5, 5);
    }

    [Fact]
    public void What_a_token_costs_is_in_the_file()
    {
        var path = Path.GetTempFileName();
        try
        {
            SyntheticModel.Write(path, "tiny", GgufType.Q8_0);
            var cost = ModelCost.Of(path, KvType.F16);

            // Width 64, two layers of 4 x 64 x 64 and 3 x 64 x 128, 640 tokens in and out, five norms.
            const long Layers = 2 * ((4 * 64 * 64) + (3 * 64 * 128)), Table = 640 * 64, Norms = 5 * 64;
            Assert.Equal(Layers + (2 * Table) + Norms, cost.Parameters);
            Assert.Equal(Layers + Table, cost.MultipliedWeights);
            Assert.Equal(((Layers + Table) / 32 * 34) + (Norms * 4), cost.StepBytes);
            Assert.Equal(2 * 2 * 64 * 2, cost.KvBytesPerToken);
            Assert.Equal((2.0 * (Layers + Table)) + (4.0 * 128 * 10), cost.Flops(10));
            Assert.Equal(SyntheticModel.BytesOf("tiny", GgufType.Q8_0), new FileInfo(path).Length);
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Fact]
    public void Behind_the_first_millions_the_weights_come_again_from_other_places()
    {
        const int Pool = 1 << 24;
        using var stream = new MemoryStream();
        new RandomWeights(seed: 5, GgufType.Q8_0, scale: 1).Write(stream, Pool + 200_000);
        var bytes = stream.ToArray();

        Assert.Equal((Pool + 200_000L) / 32 * 34, bytes.Length);
        var tail = bytes.AsSpan(Pool / 32 * 34);
        Assert.True(bytes.AsSpan(0, Pool / 32 * 34).IndexOf(tail[..6800]) >= 0, "it is not of the pool");
        Assert.Equal(-1, tail[6800..].IndexOf(tail[..6800]));
    }
}
