namespace Syscribe.Inference.LlamaCpp;

/// <summary>libllama refused something, or is not there. The message says what, why as far as it told, and the next step.</summary>
public sealed class LlamaException(string message, Exception? inner = null) : Exception(message, inner);
