using static TorchSharp.torch;

namespace Syscribe.Training.Model;

/// <summary>A model whose gradients libtorch's autograd finds.</summary>
public interface ITorchModel
{
    /// <summary>Trained tensors, in a fixed order.</summary>
    IReadOnlyList<Weight> Weights { get; }

    /// <summary>Normed last states at the positions asked for.</summary>
    /// <param name="tokens">[batch, time]; what is behind a text's end has no influence on it.</param>
    /// <param name="positions">Indexes into batch times time.</param>
    Tensor States(Tensor tokens, Tensor positions);

    /// <summary>Logits over the vocabulary of <see cref="States"/>.</summary>
    Tensor Logits(Tensor states);
}
