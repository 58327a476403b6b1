using System.Diagnostics;
using System.Text.Json;

namespace Syscribe.Scenarios.Tests;

public sealed class CommandLineTests
{
    [Fact]
    public async Task List_names_every_scenario_as_json()
    {
        var (status, output, _) = await Run("list", "--json");

        Assert.Equal(0, status);
        var names = output.TrimEnd().Split('\n').Select(line => JsonDocument.Parse(line).RootElement.GetProperty("name").GetString());
        Assert.Equal(ScenarioCatalog.All.Select(scenario => scenario.Name), names);
    }

    [Fact]
    public async Task List_can_be_narrowed_to_a_place()
    {
        var (_, output, _) = await Run("list", "--in", "container", "--json");

        Assert.Equal(ScenarioCatalog.All.Count(scenario => scenario.Where == ScenarioWhere.Container), output.TrimEnd().Split('\n').Length);
    }

    [Fact]
    public async Task Run_reports_each_scenario_as_json()
    {
        var (status, output, _) = await Run("run", "coin-miner", "pkexec-empty", "--json");

        Assert.Equal(0, status);
        var results = output.TrimEnd().Split('\n').Select(line => JsonDocument.Parse(line).RootElement).ToList();
        Assert.Equal(["coin-miner", "pkexec-empty"], results.Select(result => result.GetProperty("name").GetString()));
        Assert.All(results, result =>
        {
            Assert.Equal("played", result.GetProperty("outcome").GetString());
            Assert.True(result.GetProperty("endedNs").GetInt64() > result.GetProperty("startedNs").GetInt64());
        });
    }

    [Fact] // `syscribe-scenarios coverage > producers/Scenarios/UPSTREAM.md` makes it anew
    public async Task Coverage_prints_the_table_of_upstream_rules_that_is_committed() =>
        Assert.Equal(
            await File.ReadAllTextAsync(Path.Combine(Repository.Root, "producers/Scenarios/UPSTREAM.md"), TestContext.Current.CancellationToken),
            (await Run("coverage")).Output);

    [Fact] // as does `syscribe-scenarios coverage --summary` for the part of README
    public async Task Coverage_prints_the_summary_that_readme_holds() =>
        Assert.Contains(
            (await Run("coverage", "--summary")).Output,
            await File.ReadAllTextAsync(Path.Combine(Repository.Root, "README.md"), TestContext.Current.CancellationToken));

    [Fact]
    public async Task An_unknown_name_is_refused_with_the_way_to_the_names()
    {
        var (status, output, errors) = await Run("run", "coin-miner", "no-such-thing");

        Assert.Equal(2, status);
        Assert.Equal("", output);
        Assert.Equal("run: unknown scenario \"no-such-thing\"; `syscribe-scenarios list` lists them\n", errors);
    }

    [Fact]
    public async Task A_wrong_option_is_named_alone_and_help_speaks_of_the_command()
    {
        var (status, output, errors) = await Run("list", "--jsn");

        Assert.Equal(2, status);
        Assert.Equal("", output);
        Assert.Contains("--jsn", errors, StringComparison.Ordinal);
        Assert.Contains("--json", errors, StringComparison.Ordinal);
        Assert.Contains("\n  syscribe-scenarios run ", (await Run("run", "--help")).Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Names_and_all_exclude_each_other()
    {
        Assert.Equal(2, (await Run("run", "coin-miner", "--all")).Status);
        Assert.Equal(2, (await Run("run")).Status);
    }

    private static async Task<(int Status, string Output, string Errors)> Run(params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(Path.Combine(AppContext.BaseDirectory, "Syscribe.Scenarios"), arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        var output = process.StandardOutput.ReadToEndAsync();
        var errors = process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return (process.ExitCode, await output, await errors);
    }
}
