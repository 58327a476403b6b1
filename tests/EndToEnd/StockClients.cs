using System.Diagnostics;
using System.Text.Json;
using Syscribe.Testing;

namespace Syscribe.EndToEnd.Tests;

/// <summary>Clients that know nothing of Syscribe: Debian's kcat and python3-confluent-kafka.</summary>
internal static class StockClients
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(70);

    /// <summary>The first record of <c>alerts.v1</c>, as kcat sees it; null where there is no kcat.</summary>
    public static async Task<string?> FirstAlertAsync(string broker)
    {
        if (Prerequisites.Program("kcat", "kcat") is not null)
        {
            return null;
        }

        return await OutputAsync("kcat", ["-C", "-b", broker, "-t", "alerts.v1", "-o", "beginning", "-c", "1", "-q", "-f", "%t %k %S\\n"]);
    }

    /// <summary>Events of <c>syscalls.v1</c>, decoded by Python with the registry's schema; null where there is no Python client.</summary>
    public static async Task<IReadOnlyList<JsonElement>?> DecodeEventsAsync(string broker, string registry, int count)
    {
        const string Python = "/usr/bin/python3"; // Debian's own: the one that has Debian's packages
        if (!File.Exists(Python) || !File.Exists("/usr/lib/python3/dist-packages/confluent_kafka/__init__.py"))
        {
            return null;
        }

        var script = Path.Combine(AppContext.BaseDirectory, "decode_syscalls.py");
        var lines = await OutputAsync(Python, [script, broker, registry, $"{count}"]);
        return [.. lines.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonDocument.Parse(line).RootElement)];
    }

    private static async Task<string> OutputAsync(string program, IEnumerable<string> arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!; // never null without a shell
        using var limit = new CancellationTokenSource(Limit);
        try
        {
            var errors = process.StandardError.ReadToEndAsync(limit.Token);
            var output = await process.StandardOutput.ReadToEndAsync(limit.Token);
            await process.WaitForExitAsync(limit.Token);
            Assert.True(process.ExitCode == 0, $"{program} ended with {process.ExitCode}: {await errors}");
            return output;
        }
        finally
        {
            if (!process.HasExited)
            {
                process.Kill();
            }
        }
    }
}
