using System.Text.Json;
using System.Text.RegularExpressions;
using Syscribe.Testing;

namespace Syscribe.EndToEnd.Tests;

/// <summary>One run of <c>infra/up</c>'s program in a process of its own, as a user starts it.</summary>
internal sealed partial class LocalProcess : IAsyncDisposable
{
    private readonly ServerProcess _process;
    private readonly string _report = Path.Combine(Path.GetTempPath(), $"syscribe-report-{Guid.NewGuid():N}.json");

    private LocalProcess(IEnumerable<string> arguments, bool unprivileged)
    {
        string[] all = [.. arguments, "--plain", "--report", _report];
        var program = Path.Combine(AppContext.BaseDirectory, "Syscribe.Local");
        _process = unprivileged
            ? ServerProcess.Start("setpriv", ["--reuid=65534", "--regid=65534", "--clear-groups", program, .. all])
            : ServerProcess.Start(program, all);
    }

    /// <summary>What it printed so far.</summary>
    public string Output => _process.Output;

    public static LocalProcess Start(params string[] arguments) => new(arguments, unprivileged: false);

    /// <summary>As the user nobody.</summary>
    public static LocalProcess StartUnprivileged(params string[] arguments) => new(arguments, unprivileged: true);

    /// <summary>Address of its broker, as soon as it has said it.</summary>
    public async Task<string> BrokerAsync()
    {
        await Wait.UntilAsync(() => BrokerLine().IsMatch(Output), TimeSpan.FromSeconds(60), "the broker's address in the output");
        return BrokerLine().Match(Output).Groups[1].Value;
    }

    /// <summary>Address of its schema registry, likewise.</summary>
    public async Task<string> RegistryAsync()
    {
        await Wait.UntilAsync(() => RegistryLine().IsMatch(Output), TimeSpan.FromSeconds(60), "the registry's address in the output");
        return RegistryLine().Match(Output).Groups[1].Value;
    }

    /// <summary>Waits for the end and reads the report.</summary>
    public async Task<JsonElement> ReportAsync(TimeSpan within)
    {
        await _process.EndAsync("Syscribe.Local", within);
        Assert.True(File.Exists(_report), "no report was written; the program said:\n" + Output);
        return JsonDocument.Parse(await File.ReadAllTextAsync(_report)).RootElement;
    }

    public async ValueTask DisposeAsync()
    {
        await _process.DisposeAsync();
        File.Delete(_report);
    }

    [GeneratedRegex(@"broker (\S+) \(")]
    private static partial Regex BrokerLine();

    [GeneratedRegex(@"schema registry (\S+) \(")]
    private static partial Regex RegistryLine();
}
