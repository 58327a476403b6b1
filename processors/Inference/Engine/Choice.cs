namespace Syscribe.Inference.Engine;

/// <summary>A token that could follow where known answers part.</summary>
/// <param name="Text">Its text.</param>
/// <param name="Probability">Among the tokens allowed there, 0 to 1.</param>
/// <param name="IsTaken">Whether the answer goes on with it.</param>
public readonly record struct Choice(string Text, double Probability, bool IsTaken);
