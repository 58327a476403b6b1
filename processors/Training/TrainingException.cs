namespace Syscribe.Training;

/// <summary>Training cannot go on; the message is for the one who started it.</summary>
public sealed class TrainingException(string message, Exception? inner = null) : Exception(message, inner);
