using Syscribe.Worker.Commands;

namespace Syscribe.Worker.Tests;

/// <summary>Runs the command line in this process.</summary>
internal static class Cli
{
    public static async Task<(int Code, string Output, string Error)> Run(params string[] args)
    {
        var (output, error) = (new StringWriter(), new StringWriter());
        var code = await SyscribeCommand.RunAsync(args, output, error, TestContext.Current.CancellationToken);
        return (code, output.ToString(), error.ToString());
    }
}
