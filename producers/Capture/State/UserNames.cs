using System.Globalization;
using Syscribe.Events;

namespace Syscribe.Capture.State;

/// <summary>
/// Names of users and groups: the host's <c>/etc/passwd</c> and <c>/etc/group</c>, or the container's own through
/// <c>/proc/PID/root</c>. Read again when a file's time stamp has changed, looked at once in ten seconds at most.
/// </summary>
/// <remarks>Name services other than files are not asked: that can block, and leave the machine.</remarks>
internal sealed class UserNames(TimeProvider time, string proc = "/proc")
{
    /// <summary>Kept for at most this many containers; then the cache starts anew.</summary>
    private const int MaxContainers = 1024;

    private static readonly TimeSpan CheckEvery = TimeSpan.FromSeconds(10);
    private static readonly Utf8 Root = Utf8.From("root");
    private static readonly Utf8 NotAvailable = Utf8.From("<NA>");
    private static readonly Utf8 NoneText = Utf8.From("<NONE>");

    private readonly Dictionary<Utf8, Files> _byContainer = [];

    /// <summary>Falco <c>user.name</c>: the name, <c>root</c> for 0, else <c>&lt;NA&gt;</c>.</summary>
    public Utf8 User(uint uid, Utf8 container, long pid) => For(container, pid).Users.Get(uid) ?? Fallback(uid);

    /// <summary>Falco <c>group.name</c>, likewise.</summary>
    public Utf8 Group(uint gid, Utf8 container, long pid) => For(container, pid).Groups.Get(gid) ?? Fallback(gid);

    /// <summary>As a parameter shows it: <c>&lt;NONE&gt;</c> for 4294967295.</summary>
    public Utf8 UserParam(uint uid, Utf8 container, long pid) => uid == uint.MaxValue ? NoneText : User(uid, container, pid);

    /// <summary>Name of a login uid, <c>&lt;NA&gt;</c> where it is unset (-1).</summary>
    public Utf8 Login(long uid, Utf8 container, long pid) => uid < 0 ? NotAvailable : User((uint)uid, container, pid);

    /// <summary>Reads names from lines of passwd(5) or group(5): <c>NAME:x:NUMBER:...</c>. Of two lines with one number the first counts.</summary>
    internal static Dictionary<uint, Utf8> Parse(IEnumerable<string> lines)
    {
        var names = new Dictionary<uint, Utf8>();
        foreach (var line in lines)
        {
            if (line.Split(':') is [var name, _, var number, ..] && uint.TryParse(number, CultureInfo.InvariantCulture, out var id))
            {
                names.TryAdd(id, Utf8.From(name));
            }
        }

        return names;
    }

    private static Utf8 Fallback(uint id) => id == 0 ? Root : NotAvailable;

    private Files For(Utf8 container, long pid)
    {
        if (!_byContainer.TryGetValue(container, out var files))
        {
            if (_byContainer.Count >= MaxContainers)
            {
                _byContainer.Clear();
            }

            _byContainer[container.ToOwned()] = files = new Files();
        }

        var now = time.GetTimestamp();
        if (files.CheckedAt == 0 || time.GetElapsedTime(files.CheckedAt, now) > CheckEvery)
        {
            files.CheckedAt = now;
            var root = container == ContainerId.Host ? "" : string.Create(CultureInfo.InvariantCulture, $"{proc}/{pid}/root");
            files.Users.Refresh(root + "/etc/passwd");
            files.Groups.Refresh(root + "/etc/group");
        }

        return files;
    }

    private sealed class Files
    {
        public long CheckedAt { get; set; }

        public NameFile Users { get; } = new();

        public NameFile Groups { get; } = new();
    }

    private sealed class NameFile
    {
        private Dictionary<uint, Utf8> _names = [];
        private DateTime _readAt;

        public Utf8? Get(uint id) => _names.TryGetValue(id, out var name) ? name : null;

        public void Refresh(string path)
        {
            try
            {
                var changed = File.GetLastWriteTimeUtc(path);
                if (changed != _readAt && File.Exists(path))
                {
                    _names = Parse(File.ReadLines(path));
                    _readAt = changed;
                }
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                // The process may have ended; the names read before stay.
            }
        }
    }
}
