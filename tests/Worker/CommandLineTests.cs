using System.Net;
using System.Net.Sockets;
using System.Text.Json;

namespace Syscribe.Worker.Tests;

public sealed class CommandLineTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("syscribe-cli-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Help_names_the_program_its_commands_and_its_exit_codes()
    {
        var (code, output, _) = await Cli.Run("--help");

        Assert.Equal(ExitCodes.Success, code);
        Assert.Contains("syscribe [command] [options]", output);
        Assert.All((string[])["worker", "rules", "alerts", "Exit codes: 0 done"], part => Assert.Contains(part, output));
    }

    [Fact]
    public async Task The_version_is_printed()
    {
        var (code, output, _) = await Cli.Run("--version");

        Assert.Equal(ExitCodes.Success, code);
        Assert.Matches("^[0-9]+\\.[0-9]+\\.[0-9]+", output);
    }

    [Fact]
    public async Task An_unknown_option_is_named()
    {
        var (code, _, error) = await Cli.Run("worker", "rules", "--bootstrapp", "x:1");

        Assert.Equal(ExitCodes.Usage, code);
        Assert.Contains("--bootstrapp", error);
        Assert.Contains("syscribe --help", error);
    }

    [Fact]
    public async Task A_worker_without_addresses_says_which_option_gives_them()
    {
        var (code, _, error) = await Cli.Run("worker", "rules");

        Assert.Equal(ExitCodes.Usage, code);
        Assert.Equal("syscribe: bootstrap.servers is not set: give --bootstrap HOST:PORT or -X bootstrap.servers=...\n", error);
    }

    [Fact]
    public async Task A_setting_that_no_client_knows_is_named()
    {
        var (code, _, error) = await Worker("-X", "linger.msss=5");

        Assert.Equal(ExitCodes.Usage, code);
        Assert.Contains("linger.msss", error);
    }

    [Fact]
    public async Task A_setting_that_would_break_the_commits_is_refused()
    {
        var (code, _, error) = await Worker("-X", "enable.auto.commit=false");

        Assert.Equal(ExitCodes.Usage, code);
        Assert.Contains("enable.auto.commit=false: the pipeline commits by itself", error);
    }

    [Fact]
    public async Task A_rule_file_that_is_not_there_is_named()
    {
        var path = Path.Combine(_folder, "none.yaml");
        var (code, _, error) = await Worker("--rules", path);

        Assert.Equal(ExitCodes.Usage, code);
        Assert.Contains($"{path}: LOAD_ERR_FILE_READ: cannot read the rule file", error);
    }

    [Fact]
    public async Task A_field_that_does_not_exist_is_an_error_with_its_place_and_the_nearest_name()
    {
        var path = Rule("evt.type = open and proc.nmae = sh");
        var (code, output, _) = await Cli.Run("rules", "check", path);

        Assert.Equal(ExitCodes.Failure, code);
        Assert.Contains($"error: {path}:3:", output);
        Assert.Contains("proc.nmae", output);
        Assert.Contains("proc.name", output);
    }

    [Fact]
    public async Task Broken_YAML_is_an_error_with_file_line_and_column()
    {
        var path = Path.Combine(_folder, "broken.yaml");
        File.WriteAllText(path, "- rule: x\n  desc: [unclosed\n");
        var (code, output, _) = await Cli.Run("rules", "check", path);

        Assert.Equal(ExitCodes.Failure, code);
        Assert.Matches($"error: {System.Text.RegularExpressions.Regex.Escape(path)}:[0-9]+:[0-9]+: LOAD_ERR_YAML_PARSE", output);
        var (worker, _, error) = await Worker("--rules", path);
        Assert.Equal(ExitCodes.Usage, worker);
        Assert.Contains("LOAD_ERR_YAML_PARSE", error);
    }

    [Fact]
    public async Task A_directory_without_rules_is_an_error_for_a_worker()
    {
        var (code, _, error) = await Worker("--rules", _folder);

        Assert.Equal(ExitCodes.Usage, code);
        Assert.Contains($"{_folder}: no enabled rule in 0", error);
    }

    [Fact]
    public async Task A_port_in_use_is_named_with_the_option_that_changes_it()
    {
        using var taken = new TcpListener(IPAddress.Any, 0);
        taken.Start();
        var port = ((IPEndPoint)taken.LocalEndpoint).Port;
        var (code, _, error) = await Worker("--metrics-port", $"{port}");

        Assert.Equal(ExitCodes.Usage, code);
        Assert.Contains($"listen on port {port}", error);
        Assert.Contains("--metrics-port", error);
    }

    [Fact]
    public async Task An_alert_file_that_cannot_be_opened_is_named()
    {
        var path = Path.Combine(_folder, "none", "alerts.json");
        var (code, _, error) = await Worker("--falco-json", path);

        Assert.Equal(ExitCodes.Usage, code);
        Assert.Contains($"open {path} for alerts", error);
    }

    [Fact]
    public async Task The_rules_that_ship_have_no_error()
    {
        var (code, output, _) = await Cli.Run("rules", "check", "--json");

        Assert.Equal(ExitCodes.Success, code);
        var report = JsonDocument.Parse(output).RootElement;
        Assert.Empty(report.GetProperty("errors").EnumerateArray());
        Assert.InRange(report.GetProperty("rules").GetInt32(), 25, 1000);
    }

    [Fact]
    public async Task A_failed_rule_test_gives_exit_code_1_and_a_passed_one_0()
    {
        var path = Path.Combine(_folder, "test.yaml");
        const string Case = "cases:\n- name: shell\n  condition: proc.name = sh\n  fields: {proc.name: sh}\n  expect: ";
        File.WriteAllText(path, Case + "false\n");
        Assert.Equal(ExitCodes.Failure, (await Cli.Run("rules", "test", path)).Code);
        File.WriteAllText(path, Case + "true\n");
        var (code, output, _) = await Cli.Run("rules", "test", path);

        Assert.Equal(ExitCodes.Success, code);
        Assert.Contains("1 of 1 cases passed", output);
    }

    [Fact]
    public async Task Explaining_a_rule_that_is_not_there_suggests_the_nearest()
    {
        var path = Rule("evt.type = open");
        var (code, _, error) = await Cli.Run("rules", "explain", "Tset", "--rules", path);

        Assert.Equal(ExitCodes.Usage, code);
        Assert.Contains("there is no rule \"Tset\"; did you mean \"Test\"?", error);
        var (found, output, _) = await Cli.Run("rules", "explain", "test", "--rules", path);
        Assert.Equal(ExitCodes.Success, found);
        Assert.Contains("events:    open", output);
    }

    [Theory]
    [InlineData("--fields", "proc.name")]
    [InlineData("--operators", "startswith")]
    [InlineData("--syscalls", "openat")]
    public async Task Lists_hold_what_rules_may_use(string option, string expected)
    {
        var (code, output, _) = await Cli.Run("rules", "list", option);

        Assert.Equal(ExitCodes.Success, code);
        Assert.Contains(expected, output);
    }

    private static Task<(int Code, string Output, string Error)> Worker(params string[] args) =>
        Cli.Run(["worker", "rules", "--bootstrap", "127.0.0.1:1", "--schema-registry", "http://127.0.0.1:1", .. args]);

    private string Rule(string condition)
    {
        var path = Path.Combine(_folder, "rule.yaml");
        File.WriteAllText(path, $"- rule: Test\n  desc: test\n  condition: {condition}\n  output: \"%evt.type\"\n  priority: NOTICE\n");
        return path;
    }
}
