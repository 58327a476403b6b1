using Syscribe.Inference.Gguf;
using static TorchSharp.torch;

namespace Syscribe.Training.Model;

/// <summary>What every LLaMA in TorchSharp computes between its matrices.</summary>
/// <remarks>
/// No operator here makes a Scalar of a number, as even <c>a + b</c> of tensors does: TorchSharp 0.107 keeps it no longer than until
/// its handle is read, and the garbage collector frees it while libtorch reads it.
/// </remarks>
internal static class LlamaMath
{
    private static readonly TorchSharp.Scalar One = 1;

    /// <summary>a + b.</summary>
    public static Tensor Sum(Tensor a, Tensor b) => a.add(b, One);

    /// <summary>x weight / sqrt(mean x^2 + epsilon).</summary>
    public static Tensor Normed(Tensor x, Tensor weight, float epsilon)
    {
        TorchSharp.Scalar small = epsilon;
        var root = (x * x).mean([-1], keepdim: true).add(small, One).rsqrt();
        GC.KeepAlive(small);
        return x * root * weight;
    }

    /// <summary>e^(i position base^(-2j / size)), one for each position and pair of a head's numbers.</summary>
    public static Tensor Turns(LlamaShape shape, float ropeBase)
    {
        var size = shape.Width / shape.Heads;
        var angles = new float[shape.ContextTokens * size / 2];
        for (var i = 0; i < angles.Length; i++)
        {
            angles[i] = (float)(i / (size / 2) * Math.Pow(ropeBase, -2.0 * (i % (size / 2)) / size));
        }

        using var scope = NewDisposeScope();
        var angle = tensor(angles).view(shape.ContextTokens, 1, size / 2);
        return complex(angle.cos(), angle.sin()).MoveToOuterDisposeScope();
    }

    /// <summary>Causal attention.</summary>
    /// <param name="queryKey">[batch, time, heads and key heads, size], not turned yet.</param>
    /// <param name="value">[batch, time, key heads, size].</param>
    /// <param name="turns">Of the first positions.</param>
    /// <param name="shape">The model's.</param>
    /// <returns>[batch times time, width].</returns>
    public static Tensor Mix(Tensor queryKey, Tensor value, Tensor turns, LlamaShape shape)
    {
        var (heads, kvHeads, size) = (shape.Heads, shape.KvHeads, shape.Width / shape.Heads);
        var turned = queryKey.unflatten(3, size / 2, 2).view_as_complex().mul(turns).view_as_real().flatten(3);
        var query = turned.narrow(2, 0, heads).transpose(1, 2);
        var key = Spread(turned.narrow(2, heads, kvHeads)).transpose(1, 2);
        var mixed = nn.functional.scaled_dot_product_attention(query, key, Spread(value).transpose(1, 2), is_casual: true);
        return mixed.transpose(1, 2).reshape(-1, shape.Width);

        Tensor Spread(Tensor keys) => kvHeads == heads ? keys : keys.repeat_interleave(heads / kvHeads, dim: 2);
    }
}
