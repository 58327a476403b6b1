using static TorchSharp.torch;

namespace Syscribe.Training.Model;

/// <summary>One trained tensor.</summary>
/// <param name="Name">As in GGUF without <c>.weight</c>; fused ones are <c>attn_qkv</c> and <c>ffn_gate_up</c>.</param>
/// <param name="Value">Row-major F32.</param>
/// <param name="IsMatrix">Matrices decay, norms do not.</param>
/// <param name="Blocks">Rows of each matrix in a fused one; of a matrix by itself all its rows; none for embeddings and norms.</param>
public sealed record Weight(string Name, Tensor Value, bool IsMatrix, IReadOnlyList<int> Blocks);
