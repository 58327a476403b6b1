namespace Syscribe.Worker;

/// <summary>Exit codes of <c>syscribe</c>.</summary>
public static class ExitCodes
{
    /// <summary>Done, or stopped by Ctrl-C or SIGTERM.</summary>
    public const int Success = 0;

    /// <summary>What was asked is answered with no: rules with errors, a rule test that failed.</summary>
    public const int Failure = 1;

    /// <summary>The command line or a setting is wrong; nothing was started.</summary>
    public const int Usage = 2;
}
