using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Syscribe.Scenarios.Staging;

/// <summary>
/// Runs a scenario's commands on a stage, in this process: it is the parent of what is played. Null or the reason why
/// the scenario failed.
/// </summary>
internal sealed class Player(Scenario scenario, Stage stage)
{
    // Where the start of the container is no part of the scenario, neither is what is between: this process's other children.
    private readonly List<int> _pids = scenario.InRunning ? [] : [Environment.ProcessId];

    public IReadOnlyList<int> Pids => _pids;

    public string? Play()
    {
        foreach (var trace in scenario.Traces)
            stage.NoteTrace(Fill(trace, stage.Work));
        return scenario.Where == ScenarioWhere.Container ? PlayInContainer() : PlayOnHost();
    }

    private string? PlayOnHost()
    {
        var programs = Path.Combine(stage.Directory, "programs");
        Directory.CreateDirectory(programs);
        File.Copy(Prerequisites.Syscalls, Path.Combine(programs, "syscalls"));
        foreach (var command in scenario.Commands)
        {
            var path = command.Kind == ProgramKind.Installed
                ? Prerequisites.FindProgram(command.Program)!
                : Path.Combine(programs, command.Program);
            if (command.Kind == ProgramKind.StandIn)
                File.Copy(Prerequisites.Syscalls, path, overwrite: true);
            if (Run(path, Arguments(command, programs), Variables(command, programs), stage.Work) is { } failure && !command.MayFail)
                return failure;
        }

        return null;
    }

    private IReadOnlyList<string> Variables(ScenarioCommand command, string programs)
    {
        if (command.Steps is not { } steps)
            return command.Environment;
        var file = Path.Combine(stage.Directory, "steps");
        File.WriteAllText(file, Fill(steps.Replace(ScenarioCommand.FreshNetwork, "unshare CLONE_NEWNET ,", StringComparison.Ordinal), programs, stage.Work));
        return [.. command.Environment, $"{ScenarioCommand.StepsVariable}={file}"];
    }

    private List<string> Arguments(ScenarioCommand command, string programs) =>
        [.. command.Arguments
            .SelectMany(argument => argument == ScenarioCommand.FreshNetwork ? ["unshare", "CLONE_NEWNET", ","] : new[] { argument })
            .Select(argument => Fill(argument, programs, stage.Work))];

    private string Fill(string text, string programs, string work) =>
        Fill(text, work).Replace("{syscalls}", Path.Combine(programs, "syscalls"), StringComparison.Ordinal);

    private string Fill(string text, string work) => text
        .Replace("{work}", work, StringComparison.Ordinal)
        .Replace("{id}", stage.Id, StringComparison.Ordinal);

    private string? PlayInContainer()
    {
        var container = new Container(scenario, stage);
        if (scenario.Rights == ContainerRights.Privileged)
            return PlayInRuntime(container);
        container.Build(argument => Fill(argument, Container.Work));
        string[] runc = [Prerequisites.FindProgram("runc")!, "--root", stage.RuncState];
        if (scenario.InRunning)
        {
            return Run(runc[0], [.. runc[1..], "run", "--detach", "--bundle", container.Bundle, stage.Id], [], stage.Directory, counts: false)
                ?? Run(runc[0], [.. runc[1..], "exec", stage.Id, .. Container.Command], [], stage.Directory);
        }

        string[] run = [.. runc, "run", "--bundle", container.Bundle, stage.Id];
        if (scenario.OnTerminal) // runc hands on the terminal that it has itself
            run = [Prerequisites.Syscalls, "terminal", .. run];
        return Run(run[0], run[1..], [], stage.Directory);
    }

    private string? PlayInRuntime(Container container)
    {
        var (image, archive) = (Path.Combine(stage.Directory, "image"), Path.Combine(stage.Directory, "image.tar"));
        container.BuildImage(image, argument => Fill(argument, Container.Work));
        ImageArchive.Write(image, RuntimeContainer.ImageOf(stage.Id), archive);
        using var stop = new CancellationTokenSource();
        using var onStop = PosixSignalRegistration.Create(PosixSignal.SIGTERM, signal =>
        {
            signal.Cancel = true;
            stop.Cancel();
        });
        stage.NoteRuntime(Prerequisites.RuntimeSocket);
        string[] import = ["--address", Prerequisites.RuntimeSocket, "--namespace", "k8s.io", "images", "import", "--no-unpack", archive];
        return Run(Prerequisites.FindProgram("ctr")!, import, [], stage.Directory)
            ?? RuntimeContainer.Play(Prerequisites.RuntimeSocket, scenario.Name, stage.Id, Container.Command, stop.Token);
    }

    // What a command prints is read and dropped, but for the end of its error output.
    private string? Run(string path, IReadOnlyList<string> arguments, IReadOnlyList<string> environment, string directory, bool counts = true)
    {
        var start = new ProcessStartInfo(path, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = directory,
        };
        foreach (var variable in environment)
            start.Environment[variable[..variable.IndexOf('=')]] = variable[(variable.IndexOf('=') + 1)..];
        using var process = Process.Start(start)!;
        if (counts)
            _pids.Add(process.Id);
        process.StandardInput.Close();
        var output = process.StandardOutput.BaseStream.CopyToAsync(Stream.Null);
        var errors = process.StandardError.ReadToEnd();
        output.GetAwaiter().GetResult();
        process.WaitForExit();
        return process.ExitCode == 0
            ? null
            : $"{Path.GetFileName(path)} {string.Join(' ', arguments)} ended with {process.ExitCode}: {Last(errors)}";
    }

    private static string Last(string text) => text.Length <= 400 ? text.Trim() : text[^400..].Trim();
}
