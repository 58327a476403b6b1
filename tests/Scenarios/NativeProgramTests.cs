using System.Diagnostics;
using Syscribe.Scenarios.Staging;

namespace Syscribe.Scenarios.Tests;

/// <summary>The language of <c>native/syscalls.c</c>.</summary>
public sealed class NativeProgramTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("native-").FullName;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public void Steps_pass_their_results_on()
    {
        var (status, output, _) = Run(Prerequisites.Syscalls, "f=openat AT_FDCWD /etc/passwd O_RDONLY , read $f buf 4 , write 1 @12345 $ , close $f");

        Assert.Equal(0, status);
        Assert.Equal("1234", output);
    }

    [Fact]
    public void Constants_octal_numbers_and_lengths_are_read()
    {
        var file = Path.Combine(_directory, "made");

        var (status, _, errors) = Run(Prerequisites.Syscalls, $"f=openat AT_FDCWD {file} O_WRONLY|O_CREAT|O_EXCL 0640 , write $f text # , openat2 AT_FDCWD {file} how:0:0:0 #");

        Assert.Equal("", errors);
        Assert.Equal(0, status);
        Assert.Equal("text", File.ReadAllText(file));
        Assert.Equal("640", Run("/usr/bin/stat", $"-c %a {file}").Output.Trim());
    }

    [Fact]
    public void A_path_may_hold_the_decimal_of_a_variable() =>
        Assert.Equal(
            (0, "Name", ""),
            Run(Prerequisites.Syscalls, "p=getpid , f=openat AT_FDCWD /proc/$p/status O_RDONLY , read $f buf 4 , write 1 @Name 4 , faccessat AT_FDCWD /proc/$p/mem 0"));

    [Fact]
    public void Steps_in_a_file_leave_the_arguments_free_and_are_not_handed_on()
    {
        var steps = Path.Combine(_directory, "steps");
        File.WriteAllText(steps, "write 1 @first # , write 1  0 , exec /usr/bin/env");

        var (status, output, errors) = Run(Prerequisites.Syscalls, "any argument", $"SYSCRIBE_STEPS={steps}");

        Assert.Equal((0, ""), (status, errors));
        Assert.StartsWith("first", output, StringComparison.Ordinal);
        Assert.DoesNotContain("SYSCRIBE_STEPS", output, StringComparison.Ordinal);
    }

    [Fact]
    public void A_failing_step_ends_the_program_with_its_errno()
    {
        var (status, output, errors) = Run(Prerequisites.Syscalls, "openat AT_FDCWD /no/such/file O_RDONLY , write 1 @never #");

        Assert.Equal(1, status);
        Assert.Equal("", output);
        Assert.Equal("syscalls: openat: errno 2\n", errors);
    }

    [Fact]
    public void A_step_with_a_question_mark_may_fail() =>
        Assert.Equal((0, "on", ""), Run(Prerequisites.Syscalls, "?openat AT_FDCWD /no/such/file O_RDONLY , write 1 @on #"));

    [Fact]
    public void An_unknown_verb_is_named()
    {
        var (status, _, errors) = Run(Prerequisites.Syscalls, "getpid , opennat x");

        Assert.Equal(2, status);
        Assert.Contains("'opennat'", errors, StringComparison.Ordinal);
    }

    [Fact]
    public void Under_another_name_it_stands_in_for_that_program()
    {
        var copy = Path.Combine(_directory, "nginx");
        File.Copy(Prerequisites.Syscalls, copy);

        Assert.Equal((0, "", ""), Run(copy, "-g daemon"));
        Assert.Equal((0, "yes", ""), Run(copy, "write 1 @yes #"));
    }

    [Fact]
    public void A_program_on_a_new_terminal_has_one() =>
        Assert.Equal(0, Run(Prerequisites.Syscalls, "terminal /usr/bin/test -t 0").Status);

    [Fact]
    public void The_status_of_a_child_is_passed_on()
    {
        Assert.Equal(0, Run(Prerequisites.Syscalls, "run /bin/true , ?run /bin/false").Status);
        Assert.Equal(1, Run(Prerequisites.Syscalls, "run /bin/false").Status);
    }

    [Fact]
    public void The_machine_s_own_network_is_refused()
    {
        Assert.SkipUnless(Prerequisites.IsRoot, "needs root");
        Assert.SkipUnless(
            System.Net.NetworkInformation.NetworkInterface.GetAllNetworkInterfaces().Any(device => device.Name != "lo"
                && device.GetIPProperties().UnicastAddresses.Any(address => address.Address.AddressFamily == System.Net.Sockets.AddressFamily.InterNetwork)),
            "this machine has no network but loopback");

        var (status, _, errors) = Run(Prerequisites.Syscalls, "network 203.0.113.77");

        Assert.Equal(2, status);
        Assert.Contains("in use", errors, StringComparison.Ordinal);
    }

    [Fact]
    public void An_io_uring_operation_gives_its_own_result()
    {
        var (status, _, errors) = Run(Prerequisites.Syscalls, "f=io-uring IORING_OP_OPENAT AT_FDCWD /etc/passwd 0 0 O_RDONLY , read $f buf 1 , close $f");
        Assert.SkipWhen(errors.Contains("errno 1\n", StringComparison.Ordinal) || errors.Contains("errno 38", StringComparison.Ordinal), "io_uring is switched off here");

        Assert.Equal((0, ""), (status, errors));
        Assert.Equal("syscalls: io-uring: errno 2\n", Run(Prerequisites.Syscalls, "io-uring IORING_OP_OPENAT AT_FDCWD /no/such/file 0 0 O_RDONLY").Errors);
    }

    private static (int Status, string Output, string Errors) Run(string program, string steps, params string[] variables)
    {
        var start = new ProcessStartInfo(program, steps.Split(' ')) { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var variable in variables.Select(variable => variable.Split('=', 2)))
            start.Environment[variable[0]] = variable[1];
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEnd();
        var errors = process.StandardError.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output, errors);
    }
}
