using FsCheck;
using FsCheck.Fluent;
using Syscribe.Inference.Gguf;

namespace Syscribe.Inference.Tests.Gguf;

public sealed class GgufTests
{
    [Fact]
    public void What_is_written_is_read_back()
    {
        var values = new Dictionary<string, object>
        {
            ["byte"] = (byte)7, ["int"] = -5, ["uint"] = 5u, ["long"] = -1L << 40, ["ulong"] = ulong.MaxValue, ["float"] = 1.5f, ["double"] = -2.5,
            ["true"] = true, ["false"] = false, ["text"] = "naïve \n text", ["empty"] = "", ["ints"] = new[] { 1, -2 }, ["floats"] = new[] { 0.5f },
            ["texts"] = new[] { "a", "", "ü" }, ["none"] = Array.Empty<string>(),
        };
        var writer = new GgufWriter();
        foreach (var (key, value) in values)
        {
            writer.Set(key, value);
        }

        writer.Add("matrix", GgufType.F32, [3, 2], new float[] { 1, 2, 3, 4, 5, 6 });
        writer.Add("half", GgufType.F16, [5], new float[5]);
        writer.Add("blocks", GgufType.Q8_0, [64], new float[64]);
        var bytes = Written(writer);

        var file = GgufFile.Read(new MemoryStream(bytes), "test");

        Assert.Equal(values, file.Metadata);
        Assert.Equal([("matrix", GgufType.F32, 0L), ("half", GgufType.F16, 32L), ("blocks", GgufType.Q8_0, 64L)], file.Tensors.Select(t => (t.Name, t.Type, t.Offset)));
        Assert.Equal([3L, 2L], file.Tensors[0].Shape);
        Assert.Equal(0, file.DataOffset % 32);
        Assert.Equal(file.DataOffset + 64 + 96, bytes.Length);
        Assert.Equal(4f, BitConverter.ToSingle(bytes, (int)file.DataOffset + 12));
    }

    [Fact]
    public void A_file_cut_anywhere_in_its_header_is_refused_with_the_place()
    {
        var bytes = Sample();
        var header = (int)GgufFile.Read(new MemoryStream(bytes), "whole").DataOffset;
        for (var cut = 0; cut < header - 32; cut++)
        {
            var e = Assert.Throws<GgufException>(() => GgufFile.Read(new MemoryStream(bytes[..cut]), "cut.gguf"));
            Assert.Contains("cut.gguf", e.Message, StringComparison.Ordinal);
            Assert.Contains($"of {cut}", e.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void A_corrupt_file_is_read_or_refused_and_never_crashes_or_takes_memory_it_claims() =>
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(5000), Prop.ForAll(
            Gen.Choose(0, Sample().Length - 1).ToArbitrary(), Gen.Choose(0, 255).ToArbitrary(), (at, value) =>
            {
                var bytes = Sample();
                bytes[at] = (byte)value;
                try
                {
                    GgufFile.Read(new MemoryStream(bytes), "corrupt");
                }
                catch (GgufException)
                {
                }
            }));

    [Fact]
    public void Blocks_of_eight_bits_keep_numbers_within_half_a_step()
    {
        var random = new Random(3);
        var numbers = Enumerable.Range(0, 320).Select(_ => (random.NextSingle() * 2) - 1).ToArray();
        using var stream = new MemoryStream();
        GgufNumbers.Write(stream, GgufType.Q8_0, numbers);
        var bytes = stream.ToArray();

        Assert.Equal(10 * 34, bytes.Length);
        for (var i = 0; i < numbers.Length; i++)
        {
            var block = i / 32 * 34;
            var scale = (float)BitConverter.ToHalf(bytes, block);
            Assert.Equal(numbers[i], scale * (sbyte)bytes[block + 2 + (i % 32)], 0.0045f);
        }
    }

    [Fact]
    public void A_tensor_whose_bytes_do_not_fit_its_shape_is_refused()
    {
        var writer = new GgufWriter().Add("short", GgufType.F32, [4], stream => stream.Write(new byte[12]));

        var e = Assert.Throws<InvalidOperationException>(() => Written(writer));

        Assert.Equal("tensor short: 12 bytes written, its shape has 16", e.Message);
        Assert.Throws<ArgumentException>(() => new GgufWriter().Add("odd", GgufType.Q8_0, [33], new float[33]));
        Assert.Throws<ArgumentException>(() => new GgufWriter().Set("key", 'c'));
    }

    private static byte[] Sample() => Written(new GgufWriter()
        .Set("general.architecture", "llama").Set("n", 5u).Set("list", new[] { "a", "b" }).Set("x", 1.5f)
        .Add("t", GgufType.F32, [2, 2], new float[4]));

    private static byte[] Written(GgufWriter writer)
    {
        using var stream = new MemoryStream();
        writer.WriteTo(stream);
        return stream.ToArray();
    }
}
