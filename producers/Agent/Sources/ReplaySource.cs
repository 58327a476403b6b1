using Syscribe.Capture;
using Syscribe.Events;

namespace Syscribe.Agent.Sources;

/// <summary>Events of a recording, as they were recorded, at the recorded pace or another.</summary>
internal sealed class ReplaySource : IEventSource
{
    // Events per Read at most, so that deliveries are counted and a stop is seen in between.
    private const int BatchEvents = 1024;

    private readonly ReplayOptions _options;
    private readonly TimeProvider _clock;
    private readonly SyscallEvent _event = new();
    private readonly ManualResetEventSlim _stopped = new();
    private SyscallEventFileReader _reader;
    private bool _hasNext;
    private long _firstTimeNs;
    private long _startedAt;
    private long _captured;
    private bool _anyThisRound;

    /// <summary>Opens the recording.</summary>
    /// <exception cref="AgentException">The file cannot be read, or is no recording.</exception>
    public ReplaySource(ReplayOptions options, TimeProvider clock)
    {
        _options = options;
        _clock = clock;
        _reader = Open();
    }

    /// <inheritdoc />
    public SourceCounters Counters => new()
    {
        Captured = Volatile.Read(ref _captured),
        Submitted = Volatile.Read(ref _captured),
        Seen = Volatile.Read(ref _captured),
    };

    /// <inheritdoc />
    public bool Read(TimeSpan timeout, SyscallEventHandler handler)
    {
        for (var count = 0; count < BatchEvents; count++)
        {
            if (_stopped.IsSet || (!_hasNext && !Next()))
            {
                return false;
            }

            if (Remaining() is { Ticks: > 0 } early)
            {
                // Waits at most the timeout, or until stopped.
                _stopped.Wait(early < timeout ? early : timeout);
                if (early > timeout || _stopped.IsSet)
                {
                    return !_stopped.IsSet;
                }
            }

            _hasNext = false;
            Volatile.Write(ref _captured, _captured + 1);
            handler(_event);
        }

        return true;
    }

    /// <inheritdoc />
    public void Stop() => _stopped.Set();

    /// <inheritdoc />
    public void Dispose()
    {
        _reader.Dispose();
        _stopped.Dispose();
    }

    // How long the event that is next must still wait.
    private TimeSpan Remaining()
    {
        if (double.IsPositiveInfinity(_options.Speed))
        {
            return TimeSpan.Zero;
        }

        var recorded = TimeSpan.FromTicks((_event.TimeNs - _firstTimeNs) / TimeSpan.NanosecondsPerTick);
        return (recorded / _options.Speed) - _clock.GetElapsedTime(_startedAt);
    }

    private bool Next()
    {
        if (!TryRead())
        {
            if (!_options.Loop || !_anyThisRound)
            {
                return false;
            }

            _reader.Dispose();
            _reader = Open();
            _anyThisRound = false;
            if (!TryRead())
            {
                return false;
            }
        }

        if (!_anyThisRound)
        {
            _anyThisRound = true;
            _firstTimeNs = _event.TimeNs;
            _startedAt = _clock.GetTimestamp();
        }

        return _hasNext = true;
    }

    private bool TryRead()
    {
        try
        {
            return _reader.Read(_event);
        }
        catch (IOException unreadable)
        {
            throw new AgentException($"Read recording failed after {_captured} events: {unreadable.Message}", unreadable);
        }
    }

    private SyscallEventFileReader Open()
    {
        try
        {
            return new SyscallEventFileReader(_options.File);
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException)
        {
            throw new AgentException($"Open recording failed: {unreadable.Message}", unreadable);
        }
    }
}
