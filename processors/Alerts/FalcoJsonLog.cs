using System.Buffers;
using Syscribe.Events;

namespace Syscribe.Alerts;

/// <summary>
/// Appends alerts to a stream as Falco JSON lines. Lines are collected and written by <see cref="Flush"/> in one call,
/// so that a reader of a file or pipe sees whole lines.
/// </summary>
/// <remarks>Not thread safe, but for <see cref="Reopen"/>.</remarks>
public sealed class FalcoJsonLog : IDisposable
{
    private readonly FalcoJson _format;
    private readonly Func<Stream> _open;
    private readonly ArrayBufferWriter<byte> _lines = new(16 * 1024);
    private Stream _stream;
    private volatile bool _reopen;

    /// <param name="name">What error messages call it.</param>
    /// <param name="open">Opens the stream: now, and at the first flush after <see cref="Reopen"/>.</param>
    /// <param name="format">How alerts are written; null means <see cref="FalcoJson"/> in local time.</param>
    public FalcoJsonLog(string name, Func<Stream> open, FalcoJson? format = null)
    {
        Name = name;
        _format = format ?? new FalcoJson();
        _open = open;
        _stream = open();
    }

    /// <summary>What error messages call it.</summary>
    public string Name { get; }

    /// <summary>A log on standard output.</summary>
    public static FalcoJsonLog ToStandardOutput() => new("stdout", Console.OpenStandardOutput);

    /// <summary>A log at the end of a file, which is made if it is not there. Other programs may read, move or delete it.</summary>
    /// <exception cref="IOException">The file cannot be opened.</exception>
    /// <exception cref="UnauthorizedAccessException">The file may not be written.</exception>
    public static FalcoJsonLog ToFile(string path) => new(
        path, () => new FileStream(path, FileMode.Append, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0));

    /// <summary>Adds a line; nothing is written yet.</summary>
    public void Append(AlertRecord alert)
    {
        _format.Write(alert, _lines);
        _lines.Write("\n"u8);
    }

    /// <summary>Writes the lines added since the last flush. If that fails they are dropped.</summary>
    /// <exception cref="IOException">They could not be written.</exception>
    public void Flush()
    {
        try
        {
            if (_reopen)
            {
                _reopen = false;
                _stream.Dispose();
                _stream = _open();
            }

            if (_lines.WrittenCount > 0)
            {
                _stream.Write(_lines.WrittenSpan);
                _stream.Flush();
            }
        }
        finally
        {
            _lines.ResetWrittenCount();
        }
    }

    /// <summary>Opens the file anew before the next write, after logrotate has moved it. Any thread.</summary>
    public void Reopen() => _reopen = true;

    /// <inheritdoc />
    public void Dispose() => _stream.Dispose();
}
