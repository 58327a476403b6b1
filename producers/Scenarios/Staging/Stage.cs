using System.Diagnostics;
using System.Globalization;

namespace Syscribe.Scenarios.Staging;

/// <summary>
/// The directory of one run and what is kept in it. Everything that a run makes elsewhere is noted in the file
/// <c>traces</c> before it is made, so that whoever finds the directory can remove all of it (<see cref="Remove"/>).
/// </summary>
internal sealed class Stage
{
    private Stage(string directory) => Directory = directory;

    public string Directory { get; }

    /// <summary>Unique to the run; also the container's name.</summary>
    public string Id => Path.GetFileName(Directory);

    public string Work => Path.Combine(Directory, "work");

    public string RuncState => Path.Combine(Directory, "runc");

    private string TraceFile => Path.Combine(Directory, "traces");

    private string RuntimeFile => Path.Combine(Directory, "runtime");

    private string OwnerFile => Path.Combine(Directory, "owner");

    /// <summary>Below /var/lib for root, since rules look at what runs from /tmp; else below the temporary directory.</summary>
    public static string Root =>
        Prerequisites.IsRoot ? "/var/lib/syscribe-scenarios" : Path.Combine(Path.GetTempPath(), "syscribe-scenarios");

    public static Stage Create()
    {
        var stage = new Stage(Path.Combine(Root, Guid.NewGuid().ToString("N")[..12]));
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                System.IO.Directory.CreateDirectory(stage.Work);
                break;
            }
            catch (DirectoryNotFoundException) when (attempt < 10)
            {
                // Another runner, done with the last stage, removed the root between our making it and what is below.
            }
        }

        File.WriteAllText(stage.OwnerFile, Environment.ProcessId.ToString(CultureInfo.InvariantCulture));
        return stage;
    }

    /// <summary>Removes what a runner left that was killed before it could clean up.</summary>
    public static void RemoveStale()
    {
        try
        {
            foreach (var directory in System.IO.Directory.EnumerateDirectories(Root))
            {
                var stage = new Stage(directory);
                if (File.Exists(stage.OwnerFile) && !System.IO.Directory.Exists("/proc/" + File.ReadAllText(stage.OwnerFile)))
                    stage.Remove();
            }
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // There is no root, or another runner removed its own stage meanwhile.
        }
    }

    public static Stage Open(string directory) => new(Path.GetFullPath(directory));

    /// <summary>Whether the run has made something in a container runtime.</summary>
    public bool UsesRuntime => File.Exists(RuntimeFile);

    /// <summary>Has what the run makes in a container runtime removed there.</summary>
    public void NoteRuntime(string socket) => File.WriteAllText(RuntimeFile, socket);

    public void NoteTrace(string path) => File.AppendAllText(TraceFile, path + "\n");

    /// <summary>
    /// Ends the run's container and processes, unmounts, and removes the traces and the directory itself. Safe to repeat.
    /// </summary>
    public void Remove()
    {
        if (!System.IO.Directory.Exists(Directory))
            return;
        if (System.IO.Directory.Exists(Path.Combine(RuncState, Id)))
            DeleteContainer();
        if (File.Exists(RuntimeFile))
            RuntimeContainer.Remove(File.ReadAllText(RuntimeFile), Id);
        foreach (var pid in ProcessesHere())
            _ = NativeMethods.Kill(pid, NativeMethods.KillSignal);
        foreach (var mount in MountsBelow(Directory))
            _ = NativeMethods.Unmount(mount, NativeMethods.DetachMount);
        if (File.Exists(TraceFile))
        {
            foreach (var trace in File.ReadLines(TraceFile).Reverse())
                RemoveTrace(trace);
        }

        System.IO.Directory.Delete(Directory, recursive: true);
        TryRemoveEmpty(Root);
    }

    private void DeleteContainer()
    {
        using var runc = Process.Start("runc", ["--root", RuncState, "delete", "--force", Id]);
        runc.WaitForExit(TimeSpan.FromSeconds(10));
    }

    // A process whose parent was killed is nobody's child any more, but still runs from the stage or works in it.
    private IEnumerable<int> ProcessesHere() =>
        from entry in System.IO.Directory.EnumerateDirectories("/proc")
        where char.IsAsciiDigit(Path.GetFileName(entry)[0])
        where LeadsHere(entry + "/exe") || LeadsHere(entry + "/cwd")
        select int.Parse(Path.GetFileName(entry), CultureInfo.InvariantCulture);

    private bool LeadsHere(string link)
    {
        try
        {
            return File.ResolveLinkTarget(link, returnFinalTarget: false) is { } target
                && target.FullName.StartsWith(Directory + "/", StringComparison.Ordinal);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return false; // ended meanwhile, a kernel thread, or another user's
        }
    }

    private static void RemoveTrace(string path)
    {
        if (path.StartsWith("/sys/fs/cgroup/", StringComparison.Ordinal))
            RemoveControlGroup(path);
        else if (System.IO.Directory.Exists(path))
            System.IO.Directory.Delete(path, recursive: true);
        else
            File.Delete(path);
    }

    // Its files cannot be deleted; the directory goes when nothing is below it and its last process has ended. A group
    // that others use as well (a container engine's) is not emptied: it holds groups, and no processes of its own.
    private static void RemoveControlGroup(string path)
    {
        var processes = Path.Combine(path, "cgroup.procs");
        if (!File.Exists(processes))
            return;
        if (Path.GetFileName(path).Length == 64)
        {
            foreach (var pid in File.ReadLines(processes).ToList())
                _ = NativeMethods.Kill(int.Parse(pid, CultureInfo.InvariantCulture), NativeMethods.KillSignal);
            SpinWait.SpinUntil(() => File.ReadAllText(processes).Length == 0, TimeSpan.FromSeconds(2));
        }

        TryRemoveEmpty(path);
    }

    private static void TryRemoveEmpty(string directory)
    {
        try
        {
            System.IO.Directory.Delete(directory);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // In use by another run, or gone already.
        }
    }

    // Deepest first. Fields of mountinfo are separated by blanks; the fifth is the mount point.
    private static IEnumerable<string> MountsBelow(string directory) =>
        File.ReadLines("/proc/self/mountinfo")
            .Select(line => line.Split(' ')[4])
            .Where(mount => mount.StartsWith(directory + "/", StringComparison.Ordinal))
            .OrderByDescending(mount => mount.Length)
            .ToList();
}
