using Syscribe.Events;

namespace Syscribe.Alerts.Tests;

internal static class Sample
{
    public static AlertRecord Alert() => new()
    {
        Id = "00112233445566778899aabbccddeeff",
        TimeNs = 1_700_000_000_123_456_789,
        Node = "node-1",
        Run = 7,
        Seq = 42,
        EventType = "openat",
        Rule = "Read sensitive file untrusted",
        Priority = AlertPriority.Warning,
        Message = "Sensitive file opened (file=/etc/shadow)",
        Tags = ["filesystem", "T1555", "filesystem"],
        OutputFields = new Dictionary<string, object?>(StringComparer.Ordinal)
        {
            ["proc.aname[2]"] = "bash",
            ["user.uid"] = 0L,
            ["proc.is_exe_writable"] = false,
            ["proc.duration"] = null,
            ["evt.ratio"] = 0.5,
        },
    };
}
