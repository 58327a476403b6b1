// Runs are compared with what the machine looked like before: two at a time would see each other.
[assembly: CollectionBehavior(DisableTestParallelization = true)]

namespace Syscribe.Scenarios.Tests;

/// <summary>Files of the repository, and of the folder beside it that only some machines have.</summary>
internal static class Repository
{
    public static string Root { get; } = FindRoot();

    public static string DefaultRules { get; } = Path.Combine(Root, "processors/Rules/Default/syscribe_rules.yaml");

    /// <summary>Where rule files of the Falco project lie, on some machines.</summary>
    public static string UpstreamFolder { get; } = Path.Combine(Root, "../shared/falco-rules");

    /// <summary>Rule files of the Falco project; skips where there are none.</summary>
    public static IReadOnlyList<string> UpstreamRules()
    {
        Assert.SkipUnless(Directory.Exists(UpstreamFolder), $"{UpstreamFolder} is missing; put the upstream Falco rule files there");
        return Directory.GetFiles(UpstreamFolder, "*_rules.yaml");
    }

    private static string FindRoot()
    {
        var directory = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(directory.FullName, "Streaming.sln")))
            directory = directory.Parent ?? throw new InvalidOperationException("The tests do not lie inside the repository.");
        return directory.FullName;
    }
}
