using System.Globalization;
using System.Net;
using Syscribe.Events;
using Syscribe.Rules.Syntax;

namespace Syscribe.Training.Data;

/// <content>Numbers, switches and addresses.</content>
internal sealed partial class FieldSetter
{
    private void SetNumber(Draft d, string field, Atom atom, bool holds)
    {
        var value = atom.Values.Count > 0 ? Words.Pick(atom.Values) : "";
        switch (field)
        {
            case "proc.tty":
                // Only "= 0" and "!= 0" are asked.
                d.Tty = (value == "0") == holds ? 0 : 34816 + Words.Random.Next(8);
                break;
            case "user.uid":
                SetUid(d, (value == "0") == holds);
                break;
            case "evt.rawres" or "evt.failed" or "fd.num" when IsOutcome(atom):
                var succeeds = holds == (atom.Node.Operator is CompareOperator.GreaterOrEqual or CompareOperator.Greater || value == "false");
                d.Return = succeeds ? 0 : FlagNames.Error(Words.Pick(FlagNames.CommonErrors));
                break;
            case "fd.num":
                d.FdNum = holds ? long.Parse(value, CultureInfo.InvariantCulture) : 3 + Words.Random.Next(40);
                break;
            case "proc.vpid":
                d.VirtualPid = (value == "1") == holds ? 1 : 4321;
                break;
            case "container.privileged":
                d.Privileged = (value == "true") == holds;
                d.Container = (d.Container ?? background.NewContainer()) with { Image = d.Container?.Image ?? Words.Image() };
                break;
            case "proc.duration":
                d.Age = (atom.Node.Operator is CompareOperator.Greater or CompareOperator.GreaterOrEqual) == holds ? 3600 : 1;
                break;
            case "evt.rawres":
                d.FdNum = holds ? long.Parse(value, CultureInfo.InvariantCulture) : 3 + Words.Random.Next(40);
                break;
            case "fd.sport" or "fd.rport" or "fd.port" or "fd.lport" or "fd.cport":
                d.ServerPort = holds && int.TryParse(value, out var port) ? port : background.NewPort();
                break;
            case "evt.is_open_write":
                SetAccess(d, write: (value == "true") == holds, read: false);
                break;
            case "evt.is_open_read":
                SetAccess(d, write: (value == "true") != holds, read: true);
                break;
            case "proc.is_exe_from_memfd":
                SetExeFlag(d, ExeFlags.FromMemfd, (value == "true") == holds);
                break;
            case "proc.is_exe_upper_layer":
                SetExeFlag(d, ExeFlags.UpperLayer, (value == "true") == holds);
                break;
            case "proc.is_exe_writable":
                SetExeFlag(d, ExeFlags.Writable, (value == "true") == holds);
                break;
            default:
                SetAddress(d, field, value, holds);
                break;
        }
    }

    private static bool IsOutcome(Atom atom) => !atom.IsExact || atom.Field == "evt.failed" || atom.Node.Operator is CompareOperator.GreaterOrEqual or CompareOperator.Greater or CompareOperator.Less;

    private static ulong CapabilityBits(string name) => name.ToUpperInvariant() switch
    {
        "CAP_DAC_OVERRIDE" => 1UL << 1,
        "CAP_DAC_READ_SEARCH" => 1UL << 2,
        "CAP_NET_ADMIN" => 1UL << 12,
        "CAP_SYS_MODULE" or "SYS_MODULE" => 1UL << 16,
        "CAP_SYS_RAWIO" => 1UL << 17,
        "CAP_SYS_PTRACE" => 1UL << 19,
        "CAP_SYS_ADMIN" => 1UL << 21,
        "CAP_SYS_BOOT" => 1UL << 22,
        "CAP_SYSLOG" => 1UL << 34,
        "CAP_BPF" => 1UL << 39,
        _ => 0,
    };

    private void SetAccess(Draft d, bool write, bool read)
    {
        // Reading and writing both where each is asked for: is_open_read and is_open_write of one event.
        var now = d.Flags;
        var kept = now.Split('|').Where(f => f is "O_TRUNC" or "O_CREAT" or "O_F_CREATED" && write);
        d.Flags = Background.Ordered(string.Join('|', background.OpenFlagsFor(write).Split('|').Concat(kept)));
        if (read && !write && Words.Chance(0.85))
        {
            d.Flags = Words.Pick(["O_RDONLY", "O_RDONLY|O_CLOEXEC", "O_LARGEFILE|O_RDONLY", "O_NONBLOCK|O_RDONLY"]);
        }

        if (read == write && !now.Contains("RDWR", StringComparison.Ordinal) && write)
        {
            d.Flags = Words.Pick(["O_WRONLY", "O_TRUNC|O_CREAT|O_WRONLY", "O_APPEND|O_WRONLY"]);
        }

        d.FdType = d.Flags.Contains("O_DIRECTORY", StringComparison.Ordinal) ? "directory" : "file";
    }

    private void SetUid(Draft d, bool root)
    {
        (d.Uid, d.User) = root ? (0, Words.Chance(0.95) ? "root" : "<NA>") : Words.Chance(0.7) ? (1000 + Words.Random.Next(99), Words.Person()) : (1 + Words.Random.Next(900), Words.Service());
    }

    private void SetExeFlag(Draft d, ExeFlags flag, bool on)
    {
        d.ExeFlags = on ? (d.ExeFlags & ~ExeFlags.LowerLayer) | flag : d.ExeFlags & ~flag;
        if (on && flag == ExeFlags.FromMemfd)
        {
            d.ExePath = $"memfd:{(Words.Chance(0.8) ? Words.Word() : "")}";
            d.Exe = Words.Pick([d.Name, d.ExePath, "/proc/self/fd/3", $"/proc/{Words.Random.Next(9999)}/fd/{Words.Random.Next(3, 9)}"]);
        }
    }

    private void SetAddress(Draft d, string field, string value, bool holds)
    {
        if (field.StartsWith("proc", StringComparison.Ordinal) || field.StartsWith("evt", StringComparison.Ordinal) || field.StartsWith("thread", StringComparison.Ordinal))
        {
            return;
        }

        if (holds && IPAddress.TryParse(value.Split('/')[0], out var address))
        {
            var bytes = address.GetAddressBytes();
            if (value.Split('/') is [_, var bits] && int.TryParse(bits, out var count))
            {
                for (var i = count / 8; i < bytes.Length; i++)
                {
                    bytes[i] = (byte)Words.Random.Next(1, 255);
                }
            }

            d.ServerIp = bytes;
        }
        else
        {
            var excluded = d.ServerIp;
            d.ServerIp = holds || excluded is null || Matches(excluded, value) ? background.NewAddress() : excluded;
        }

        d.ServerPort = d.ServerPort == 0 ? background.NewPort() : d.ServerPort;
        d.Path = null;
        Background.SetClient(d);
    }

    private static bool Matches(byte[] ip, string value) =>
        IPAddress.TryParse(value.Split('/')[0], out var address) && address.GetAddressBytes() is var bytes && bytes.Length == ip.Length && bytes[0] == ip[0];
}
