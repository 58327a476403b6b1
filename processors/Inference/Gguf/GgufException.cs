namespace Syscribe.Inference.Gguf;

/// <summary>A file is not GGUF, or cut, or corrupt. The message names the file and what was found where.</summary>
public sealed class GgufException(string message, Exception? inner = null) : Exception(message, inner);
