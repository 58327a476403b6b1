namespace Syscribe.Worker;

/// <summary>
/// Says when rule files may have changed: once after a quiet time, because an editor or a copy writes in several steps,
/// and a Kubernetes volume swaps a link. What changed is for the loader to see.
/// </summary>
internal sealed class RuleFilesWatch : IDisposable
{
    private static readonly TimeSpan Quiet = TimeSpan.FromMilliseconds(250);

    private readonly List<FileSystemWatcher> _watchers = [];
    private readonly HashSet<string> _names;
    private readonly ITimer _timer;

    public RuleFilesWatch(IReadOnlyList<string> paths, TimeProvider time, Action changed)
    {
        _names = [.. paths.Select(p => Path.GetFileName(p))];
        _timer = time.CreateTimer(_ => changed(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        var folders = paths.Select(p => Directory.Exists(p) ? Path.GetFullPath(p) : Path.GetDirectoryName(Path.GetFullPath(p)));
        foreach (var folder in folders.Distinct().OfType<string>().Where(Directory.Exists))
        {
            var watcher = new FileSystemWatcher(folder) { EnableRaisingEvents = true };
            watcher.Changed += OnEvent;
            watcher.Created += OnEvent;
            watcher.Deleted += OnEvent;
            watcher.Renamed += OnEvent;
            _watchers.Add(watcher);
        }
    }

    public void Dispose()
    {
        _watchers.ForEach(w => w.Dispose());
        _timer.Dispose();
    }

    private void OnEvent(object sender, FileSystemEventArgs e)
    {
        if (MayMatter(e.Name) || (e is RenamedEventArgs renamed && MayMatter(renamed.OldName)))
        {
            _timer.Change(Quiet, Timeout.InfiniteTimeSpan);
        }
    }

    // A folder may hold other files too, such as the alerts themselves. Kubernetes swaps a link named ..data.
    private bool MayMatter(string? path)
    {
        var name = Path.GetFileName(path ?? "");
        return _names.Contains(name) || name.EndsWith(".yaml", StringComparison.Ordinal) || name.EndsWith(".yml", StringComparison.Ordinal)
            || name.StartsWith("..", StringComparison.Ordinal);
    }
}
