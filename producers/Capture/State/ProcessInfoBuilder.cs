using Syscribe.Events;

namespace Syscribe.Capture.State;

/// <summary>Gives metadata of containers; called when a process's published form is made.</summary>
public interface IContainerMetadata
{
    /// <summary>What the runtime says of a container; null while that is not known. Must not block.</summary>
    /// <param name="id">First 12 hexadecimal digits.</param>
    ContainerInfo? Find(Utf8 id);
}

/// <summary>Makes the published form of a process.</summary>
/// <param name="users">Names of users and groups.</param>
/// <param name="containers">Container metadata; null for none.</param>
/// <param name="bootTime">Nanoseconds since the epoch at which CLOCK_BOOTTIME was 0.</param>
internal sealed class ProcessInfoBuilder(UserNames users, IContainerMetadata? containers, Func<long> bootTime)
{
    /// <summary>Ancestors that an event carries.</summary>
    public const int MaxAncestors = 16;

    public ProcessInfo Build(ProcessState state) => new()
    {
        Pid = state.Tgid,
        VirtualPid = state.VirtualPid,
        ParentPid = state.ParentTgid,
        SessionId = state.SessionId,
        VirtualProcessGroupId = state.VirtualProcessGroupId,
        Tty = state.Tty,
        Name = state.Name,
        Exe = state.Exe,
        ExePath = state.ExePath,
        Args = state.Args,
        Cwd = state.Cwd,
        UserId = state.Uid,
        UserName = users.User(state.Uid, state.ContainerId, state.Tgid),
        LoginUserId = state.LoginUid,
        LoginName = users.Login(state.LoginUid, state.ContainerId, state.Tgid),
        GroupId = state.Gid,
        GroupName = users.Group(state.Gid, state.ContainerId, state.Tgid),
        CapPermitted = state.CapPermitted,
        CapEffective = state.CapEffective,
        CapInheritable = state.CapInheritable,
        ExeFlags = state.ExeFlags,
        ExeIno = (long)state.ExeIno,
        ExeCtimeNs = (long)state.ExeCtimeNs,
        ExeMtimeNs = (long)state.ExeMtimeNs,
        StartTimeNs = Epoch(state.StartNs),
        PidnsStartNs = Epoch(state.PidNamespaceStartNs),
        SessionName = state.Session?.Name ?? Utf8.Empty,
        SessionExe = state.Session?.Exe ?? Utf8.Empty,
        SessionExePath = state.Session?.ExePath ?? Utf8.Empty,
        Ancestors = Ancestors(state),
        ContainerId = state.ContainerId,
        Container = state.ContainerId == ContainerId.Host ? null : containers?.Find(state.ContainerId),
    };

    /// <summary>Whether the form published before still shows the ancestors that the process has now.</summary>
    public bool ShowsAncestorsOf(ProcessState state)
    {
        var shown = state.Info?.Ancestors ?? [];
        var at = state.Parent;
        for (var i = 0; i < shown.Count; i++, at = at.Parent)
        {
            if (at is null || !ReferenceEquals(at.Identity, shown[i]))
            {
                return false;
            }
        }

        return at is null || shown.Count == MaxAncestors;
    }

    private static Ancestor[] Ancestors(ProcessState state)
    {
        var ancestors = new List<Ancestor>();
        for (var at = state.Parent; at is not null && ancestors.Count < MaxAncestors; at = at.Parent)
        {
            ancestors.Add(at.Identity);
        }

        return [.. ancestors];
    }

    private long Epoch(ulong bootNs) => bootNs == 0 ? 0 : (long)bootNs + bootTime();
}
