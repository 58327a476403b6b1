using System.Runtime.InteropServices;
using System.Text;

namespace Syscribe.Agent.Privileges;

/// <summary>
/// Gives up every capability that capture does not need, for all threads of the process, before anything else is done.
/// </summary>
/// <remarks>
/// Capabilities belong to a thread, and the runtime has started several before the first line of C# runs. So the agent
/// takes the capabilities from the calling thread and the bounding set and executes itself anew in its place: the kernel
/// ends the other threads, and all threads of the new program are children of the reduced one. All that loading and
/// reading needs is among the capabilities kept. <c>infra/decisions/0003-agent-privileges.md</c> weighs the other ways.
/// </remarks>
internal static unsafe class LeastPrivileges
{
    private const string Marker = "SYSCRIBE_AGENT_REDUCED";
    private const int LastCapability = 63;

    /// <summary>Returns at once if this process has no capability beyond those kept and can gain none; else does not return.</summary>
    /// <exception cref="AgentException">A system call failed, or the new program still has more than it should.</exception>
    public static void Enforce()
    {
        var status = File.ReadAllText("/proc/thread-self/status");
        var excess = Capabilities.Read(status, "CapPrm") & ~Capabilities.KeptMask;
        if (excess == 0 && Capabilities.Read(status, "NoNewPrivs") == 1)
        {
            return;
        }

        if (Environment.GetEnvironmentVariable(Marker) is not null)
        {
            throw new AgentException(
                $"Drop privileges failed: after it, capabilities {excess:x16} are still there, or no_new_privs is not set.");
        }

        MountTracefs();
        Reduce(status);
        Execute();
    }

    // The kernel names its system calls' arguments there; mounting takes a capability that is not kept. Where it fails,
    // capture has the names of the calls that it knows by itself.
    private static void MountTracefs()
    {
        const string target = "/sys/kernel/tracing";
        if (Directory.Exists(target) && !Directory.Exists(target + "/events"))
        {
            _ = NativeMethods.mount("tracefs", target, "tracefs", 0, 0);
        }
    }

    private static void Reduce(string status)
    {
        var kept = Capabilities.Read(status, "CapPrm") & Capabilities.KeptMask;
        Check(NativeMethods.prctl(NativeMethods.SetNoNewPrivileges, 1, 0, 0, 0), "set no_new_privs");

        // For root, exec grants inheritable | bounding; without root it grants the ambient set. Both become what is kept.
        if ((Capabilities.Read(status, "CapEff") & (1UL << Capabilities.SetPcap)) != 0)
        {
            DropBoundingSet();
        }

        SetCapabilities(kept);
        foreach (var number in Capabilities.Kept.Keys.Where(number => (kept & (1UL << number)) != 0))
        {
            Check(
                NativeMethods.prctl(NativeMethods.Ambient, NativeMethods.AmbientRaise, (nuint)number, 0, 0),
                $"keep {Capabilities.Kept[number]} in the ambient set");
        }
    }

    private static void DropBoundingSet()
    {
        for (var number = 0; number <= LastCapability; number++)
        {
            // 1: present. -1: the kernel has no such capability, nor any higher one.
            if (NativeMethods.prctl(NativeMethods.CapBoundingSetRead, (nuint)number, 0, 0, 0) == 1 && !Capabilities.Kept.ContainsKey(number))
            {
                Check(
                    NativeMethods.prctl(NativeMethods.CapBoundingSetDrop, (nuint)number, 0, 0, 0),
                    $"drop capability {number} from the bounding set");
            }
        }
    }

    private static void SetCapabilities(ulong kept)
    {
        var header = new NativeMethods.CapHeader { Version = NativeMethods.CapabilityVersion3 };
        var data = stackalloc NativeMethods.CapData[2];
        data[0] = Word((uint)kept);
        data[1] = Word((uint)(kept >> 32));
        Check(NativeMethods.capset(&header, data), "set the capabilities of this thread");

        static NativeMethods.CapData Word(uint bits) => new() { Effective = bits, Permitted = bits, Inheritable = bits };
    }

    private static void Execute()
    {
        // Environment.GetCommandLineArgs lacks the host's own arguments (dotnet APP.dll) and every byte that is no UTF-8.
        var path = Environment.ProcessPath ?? "/proc/self/exe";
        var marker = Encoding.UTF8.GetBytes(Marker + "=1\0");
        var result = NativeMethods.execve(
            Pointers([.. Encoding.UTF8.GetBytes(path), 0])[0],
            Pointers(File.ReadAllBytes("/proc/self/cmdline")),
            Pointers([.. File.ReadAllBytes("/proc/self/environ"), .. marker]));
        Check(result, $"execute {path} anew");
    }

    // Texts that each end in NUL, as C's array of pointers. Never freed: either exec succeeds and this memory is gone,
    // or the agent ends with the error.
    private static byte** Pointers(ReadOnlySpan<byte> texts)
    {
        var bytes = (byte*)NativeMemory.Alloc((nuint)texts.Length);
        texts.CopyTo(new Span<byte>(bytes, texts.Length));
        var pointers = (byte**)NativeMemory.AllocZeroed((nuint)texts.Count((byte)0) + 1, (nuint)sizeof(byte*));
        var count = 0;
        for (var start = 0; start < texts.Length; start += texts[start..].IndexOf((byte)0) + 1)
        {
            pointers[count++] = bytes + start;
        }

        return pointers;
    }

    private static void Check(int result, string what)
    {
        if (result < 0)
        {
            var errno = Marshal.GetLastPInvokeError();
            throw new AgentException(
                $"Drop privileges failed: {what}: {Marshal.GetPInvokeErrorMessage(errno)} ({errno}).");
        }
    }
}
