using System.Runtime.InteropServices;
using Syscribe.Inference.Gguf;
using static TorchSharp.torch;

namespace Syscribe.Training.Lora;

/// <summary>
/// A matrix that is not trained, kept as its file has it and widened to F32 when it is used, there and on the way back:
/// so a base takes the memory of its file and not four bytes a weight.
/// </summary>
internal sealed class FrozenMatrix : IDisposable
{
    private const int Block = 32;
    private readonly Tensor _values;
    private readonly Tensor? _scales;

    private FrozenMatrix(Tensor values, Tensor? scales)
    {
        (_values, _scales) = (values, scales);
    }

    /// <summary>Rows and columns.</summary>
    public long[] Shape => _values.shape;

    /// <summary>From a tensor's bytes.</summary>
    /// <param name="type">What they are.</param>
    /// <param name="bytes">Row by row.</param>
    /// <param name="rows">Rows.</param>
    /// <param name="columns">Columns; multiples of 32 for Q8_0.</param>
    public static FrozenMatrix Of(GgufType type, byte[] bytes, long rows, long columns) => type switch
    {
        GgufType.F32 => new(tensor(MemoryMarshal.Cast<byte, float>(bytes).ToArray(), [rows, columns]), null),
        GgufType.F16 => new(Raw(bytes, ScalarType.Float16, rows, columns), null),
        GgufType.BF16 => new(Raw(bytes, ScalarType.BFloat16, rows, columns), null),
        GgufType.Q8_0 => OfBlocks(bytes, rows, columns),
        _ => throw new TrainingException($"Weights of type {type}: F32, F16, BF16 and Q8_0 can be trained on."),
    };

    /// <summary>All of it as F32.</summary>
    public Tensor Wide()
    {
        var wide = _values.to(ScalarType.Float32);
        return _scales is null ? wide : (wide.view(_values.shape[0], -1, Block) * _scales.to(ScalarType.Float32)).view(_values.shape);
    }

    /// <summary>Some of its rows as F32.</summary>
    public Tensor WideRows(Tensor rows)
    {
        var wide = _values.index_select(0, rows).to(ScalarType.Float32);
        return _scales is null ? wide : (wide.view(rows.shape[0], -1, Block) * _scales.index_select(0, rows).to(ScalarType.Float32)).view(rows.shape[0], -1);
    }

    /// <summary>x w^T.</summary>
    public Tensor Apply(Tensor x) => x.requires_grad ? Product.apply(x, this) : x.mm(Wide().t());

    /// <inheritdoc />
    public void Dispose()
    {
        _values.Dispose();
        _scales?.Dispose();
    }

    private static Tensor Raw(byte[] bytes, ScalarType type, long rows, long columns)
    {
        var values = zeros([rows, columns], type);
        bytes.CopyTo(values.bytes);
        return values;
    }

    // block_q8_0 of ggml: an F16 scale, then 32 signed bytes.
    private static FrozenMatrix OfBlocks(byte[] bytes, long rows, long columns)
    {
        var values = zeros([rows, columns], ScalarType.Int8);
        var scales = zeros([rows, columns / Block, 1], ScalarType.Float16);
        var (valueBytes, scaleBytes) = (values.bytes.ToArray(), scales.bytes.ToArray());
        for (var i = 0; i < bytes.Length / (Block + 2); i++)
        {
            bytes.AsSpan(i * (Block + 2), 2).CopyTo(scaleBytes.AsSpan(i * 2));
            bytes.AsSpan((i * (Block + 2)) + 2, Block).CopyTo(valueBytes.AsSpan(i * Block));
        }

        valueBytes.CopyTo(values.bytes);
        scaleBytes.CopyTo(scales.bytes);
        return new FrozenMatrix(values, scales);
    }

    // Autograd's own product would keep the widened matrix until the way back.
    private sealed class Product : autograd.SingleTensorFunction<Product>
    {
        public override string Name => "FrozenProduct";

        public override Tensor forward(autograd.AutogradContext ctx, params object[] vars)
        {
            ctx.save_data("matrix", vars[1]);
            using var wide = ((FrozenMatrix)vars[1]).Wide();
            return ((Tensor)vars[0]).mm(wide.t());
        }

        public override List<Tensor> backward(autograd.AutogradContext ctx, Tensor grad_output)
        {
            using var wide = ((FrozenMatrix)ctx.get_data("matrix")).Wide();
            return [grad_output.mm(wide), null!];
        }
    }
}
