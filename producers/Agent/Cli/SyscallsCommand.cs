using Syscribe.Capture.Syscalls;
using Syscribe.Events;

namespace Syscribe.Agent.Cli;

/// <summary><c>syscalls</c>: the table that the agent works with.</summary>
internal static class SyscallsCommand
{
    /// <summary>One call a line: table, number, name(arguments); <c>*</c> marks arguments read as text, <c>@</c> socket addresses.</summary>
    public static int Run(TextWriter to)
    {
        foreach (var call in SyscallTable.Load().Calls)
        {
            if (call.Name != Utf8.From($"syscall_{call.Number}"))
            {
                to.WriteLine($"{(call.Abi == Abi.Compat32 ? "32" : "64")} {call.Number,4} {call.Name}({string.Join(", ", call.Args.Select(Argument))})");
            }
        }

        return 0;
    }

    private static string Argument(SyscallArg arg) => arg.Kind switch
    {
        ArgKind.String => $"*{arg.Name}",
        ArgKind.Sockaddr => $"@{arg.Name}",
        _ => arg.Name.ToString(),
    };
}
