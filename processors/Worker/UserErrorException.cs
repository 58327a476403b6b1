namespace Syscribe.Worker;

/// <summary>What the user must change: shown as it is, without a stack trace.</summary>
public sealed class UserErrorException(string message, Exception? inner = null) : Exception(message, inner);
