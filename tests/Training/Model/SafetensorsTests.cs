using System.Buffers.Binary;
using System.Text;
using Syscribe.Training.Model;
using Syscribe.Training.Tests.Support;

namespace Syscribe.Training.Tests.Model;

public sealed class SafetensorsTests
{
    [Fact]
    public void What_is_written_is_read_back()
    {
        using var folder = new TemporaryFolder();
        Safetensors.Write(
            folder.File("t"), [("a", [2, 2], new float[] { 1, -2, 3, float.MaxValue }), ("b", [1], new float[] { 0.5f })], new Dictionary<string, string> { ["k"] = "v" });

        using var file = Safetensors.Open(folder.File("t"));

        Assert.Equal([1, -2, 3, float.MaxValue], file.ReadFloats("a"));
        Assert.Equal([0.5f], file.ReadFloats("b"));
        Assert.Equal([2, 2], file.Tensors["a"].Shape);
        Assert.Equal("v", file.Metadata["k"]);
    }

    [Theory]
    [InlineData("F16", new byte[] { 0x00, 0x3C, 0x00, 0xC0 })]
    [InlineData("BF16", new byte[] { 0x80, 0x3F, 0x00, 0xC0 })]
    public void Halves_of_both_kinds_are_read(string type, byte[] data)
    {
        using var folder = new TemporaryFolder();
        Make(folder.File("t"), """{"x":{"dtype":"F32","shape":[2],"data_offsets":[0,4]}}""".Replace("F32", type, StringComparison.Ordinal), data);

        using var file = Safetensors.Open(folder.File("t"));

        Assert.Equal([1, -2], file.ReadFloats("x"));
    }

    [Theory]
    [InlineData("""{"x":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}""")]
    [InlineData("""{"x":{"dtype":"F32","shape":[2],"data_offsets":[-4,0]}}""")]
    [InlineData("""{"x":null}""")]
    [InlineData("[1]")]
    [InlineData("{{")]
    public void A_broken_file_is_refused(string header)
    {
        using var folder = new TemporaryFolder();
        Make(folder.File("t"), header, [1, 2, 3, 4]);

        Assert.Throws<TrainingException>(() => Safetensors.Open(folder.File("t")));
    }

    private static void Make(string path, string header, byte[] data)
    {
        var length = new byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(length, header.Length);
        File.WriteAllBytes(path, [.. length, .. Encoding.UTF8.GetBytes(header), .. data]);
    }
}
