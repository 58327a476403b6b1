using System.Text.RegularExpressions;
using Syscribe.Scenarios.Staging;

namespace Syscribe.Scenarios.Tests;

/// <summary>What of this machine scenarios might leave changed: stages, traces, mounts, control groups, processes, devices.</summary>
internal sealed partial record Machine(IReadOnlySet<string> Things)
{
    private static readonly string[] TracePlaces = ["/dev/shm", "/etc", "/tmp", "/usr/local/bin", "/var/log", "/var/tmp"];

    public static Machine Look() => new(new HashSet<string>(
        [.. Stages(), .. Traces(), .. Mounts(), .. ControlGroups(), .. Processes(), .. Addresses()]));

    // Others may play scenarios on this machine meanwhile: what they make is gone at one look or the next; a leftover stays.
    public static void AssertNothingNew(Machine before)
    {
        var left = Look().Things.Except(before.Things).ToHashSet();
        SpinWait.SpinUntil(
            () =>
            {
                left.IntersectWith(left.Count == 0 ? left : Look().Things);
                return left.Count == 0;
            },
            TimeSpan.FromSeconds(10));
        Assert.Empty(left);
    }

    private static string[] Stages()
    {
        try
        {
            return Directory.GetFileSystemEntries(Stage.Root);
        }
        catch (DirectoryNotFoundException)
        {
            return []; // nobody plays, or the last one to do so has just ended
        }
    }

    private static IEnumerable<string> Traces() =>
        TracePlaces.SelectMany(place => Directory.EnumerateFileSystemEntries(place))
            .Where(path => RunId().IsMatch(path));

    private static IEnumerable<string> Mounts() =>
        File.ReadLines("/proc/self/mountinfo").Where(line => line.Contains("syscribe", StringComparison.Ordinal));

    private static IEnumerable<string> ControlGroups() =>
        Directory.Exists("/sys/fs/cgroup")
            ? Directory.EnumerateDirectories("/sys/fs/cgroup").Prepend("/sys/fs/cgroup")
                .Select(hierarchy => Path.Combine(hierarchy, "docker")).Where(Directory.Exists)
            : [];

    // By command line: a program of a stage keeps the stage's path in it.
    private static IEnumerable<string> Processes() =>
        Directory.EnumerateDirectories("/proc").Where(entry => char.IsAsciiDigit(Path.GetFileName(entry)[0]))
            .Select(entry => (entry, line: CommandLine(entry)))
            .Where(process => process.line.Contains(Stage.Root, StringComparison.Ordinal))
            .Select(process => process.entry + " " + process.line);

    private static string CommandLine(string entry)
    {
        try
        {
            return File.ReadAllText(entry + "/cmdline").Replace('\0', ' ');
        }
        catch (IOException)
        {
            return "";
        }
    }

    private static IEnumerable<string> Addresses() => File.ReadLines("/proc/net/fib_trie").Select(line => line.Trim()).Distinct();

    [GeneratedRegex("syscribe-[0-9a-f]{12}")]
    private static partial Regex RunId();
}
