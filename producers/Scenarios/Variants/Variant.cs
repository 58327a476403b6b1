namespace Syscribe.Scenarios;

/// <summary>How the kernel answers a variant's call.</summary>
public enum VariantResult
{
    /// <summary>It does what it is asked for.</summary>
    Success,

    /// <summary>It refuses, everywhere; <see cref="Variant.Refusal"/> says why. The attempt is an event all the same.</summary>
    Refused,

    /// <summary>The event says nothing of it: io_uring operations are seen when they are submitted.</summary>
    Unknown,
}

/// <summary>
/// One way to carry out an intent: the same thing done to the same object, by one certain system call. An intent is a
/// default rule and what is done; its variants differ in the call alone.
/// </summary>
public sealed record Variant
{
    /// <summary>Name of the intent, as <c>secret-read</c>.</summary>
    public required string Intent { get; init; }

    /// <summary>How it is done: the system call, <c>io_uring.</c> and the operation, or <c>fexecve</c>, as the C library calls it.</summary>
    public required string Call { get; init; }

    /// <summary>Type of the event that it is seen as: <see cref="Call"/>, but <c>execve</c> for every successful exec, as in Falco.</summary>
    public required string Event { get; init; }

    /// <summary>
    /// A text that a parameter or the descriptor's name of the event contains, or, where a program starts, its executable's
    /// path; null where it deals with no path.
    /// </summary>
    public required string? Subject { get; init; }

    /// <summary>Name of the process that makes the call; null where it has the name of what it executes.</summary>
    public required string? Process { get; init; }

    /// <summary>How the kernel answers.</summary>
    public required VariantResult Result { get; init; }

    /// <summary>Why the kernel refuses it; null where it does not.</summary>
    public required string? Refusal { get; init; }

    /// <summary>What is played. Its name is the variant's, its rule the intent's.</summary>
    public required Scenario Scenario { get; init; }

    /// <summary>Unique name: <c>INTENT.CALL</c>, and <c>-in-container</c>.</summary>
    public string Name => Scenario.Name;

    /// <summary>The default rule that stands for the intent: the only one whose alert counts.</summary>
    public string Rule => Scenario.Rule!; // VariantCatalog gives each one

    /// <summary>Where it is played.</summary>
    public ScenarioWhere Where => Scenario.Where;

    /// <summary>Whether rules that name the classic calls alone (<see cref="VariantCatalog.TrainedCalls"/>) name its event.</summary>
    public bool IsTrained => VariantCatalog.TrainedCalls.Contains(Event);
}
