namespace Syscribe.Bench;

/// <summary>One measurement: ours against a baseline, in one process run, in the order A B A B.</summary>
internal interface IBench
{
    /// <summary>What the command line calls it.</summary>
    string Name { get; }

    /// <summary>One line for <c>--help</c>: what is compared.</summary>
    string Summary { get; }

    /// <summary>Measures, in less than a minute, and adds rows.</summary>
    /// <exception cref="BenchSkippedException">Something is missing here.</exception>
    void Run(BenchReport report);
}

/// <summary>A bench cannot run on this machine, and why.</summary>
internal sealed class BenchSkippedException(string reason) : Exception(reason);
