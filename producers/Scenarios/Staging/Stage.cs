using System.Diagnostics;

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

    /// <summary>Below /var/lib for root, since rules look at what runs from /tmp; else below the temporary directory.</summary>
    public static string Root =>
        Prerequisites.IsRoot ? "/var/lib/syscribe-scenarios" : Path.Combine(Path.GetTempPath(), "syscribe-scenarios");

    public static Stage Create()
    {
        var stage = new Stage(Path.Combine(Root, Guid.NewGuid().ToString("N")[..12]));
        System.IO.Directory.CreateDirectory(stage.Work);
        return stage;
    }

    public static Stage Open(string directory) => new(Path.GetFullPath(directory));

    public void NoteTrace(string path) => File.AppendAllText(TraceFile, path + "\n");

    /// <summary>Ends the run's container, unmounts, and removes the traces and the directory itself. Safe to repeat.</summary>
    public void Remove()
    {
        if (!System.IO.Directory.Exists(Directory))
            return;
        if (System.IO.Directory.Exists(Path.Combine(RuncState, Id)))
            DeleteContainer();
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

    // Control group directories hold files that cannot be deleted, and only go when nothing is below them.
    private static void RemoveTrace(string path)
    {
        if (path.StartsWith("/sys/fs/cgroup/", StringComparison.Ordinal))
            TryRemoveEmpty(path);
        else if (System.IO.Directory.Exists(path))
            System.IO.Directory.Delete(path, recursive: true);
        else
            File.Delete(path);
    }

    private static void TryRemoveEmpty(string directory)
    {
        try
        {
            System.IO.Directory.Delete(directory);
        }
        catch (IOException)
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
