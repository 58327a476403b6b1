namespace Syscribe.Local;

/// <summary>Something that is played once, beside a run.</summary>
internal interface IPlay
{
    /// <summary>Scenarios there are.</summary>
    int Total { get; }

    /// <summary>Scenarios done, skipped ones included.</summary>
    int Played { get; }

    /// <summary>Plays all; ends early, without an exception, when <paramref name="stop"/> says so.</summary>
    Task RunAsync(CancellationToken stop);
}
