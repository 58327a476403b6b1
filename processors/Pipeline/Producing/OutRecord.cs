namespace Syscribe.Pipeline.Producing;

/// <summary>A record to be written.</summary>
/// <param name="Topic">Where to.</param>
/// <param name="Key">Null lets the client choose the partition.</param>
/// <param name="Value">Null is a tombstone.</param>
public readonly record struct OutRecord(string Topic, byte[]? Key, byte[]? Value);
