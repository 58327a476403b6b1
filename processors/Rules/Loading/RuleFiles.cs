namespace Syscribe.Rules;

/// <summary>Reads rule files.</summary>
public static class RuleFiles
{
    /// <summary>Files in the order given, directories opened into their rule files in name order.</summary>
    /// <param name="paths">Files and directories.</param>
    /// <param name="errors">One entry per path that cannot be read.</param>
    public static IReadOnlyList<RuleSource> Read(IEnumerable<string> paths, out IReadOnlyList<LoadMessage> errors)
    {
        var sources = new List<RuleSource>();
        var problems = new List<LoadMessage>();
        foreach (var path in paths.SelectMany(path => Expand(path)))
        {
            try
            {
                sources.Add(new RuleSource(path, File.ReadAllText(path)));
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                problems.Add(new LoadMessage(LoadCodes.FileRead, $"cannot read the rule file: {e.Message}", path, 0, 0));
            }
        }

        errors = problems;
        return sources;
    }

    /// <summary>The rule files that <paramref name="path"/> stands for: itself, or those in it.</summary>
    public static IEnumerable<string> Expand(string path) => !Directory.Exists(path) ? [path]
        : Directory.EnumerateFiles(path).Where(file => file.EndsWith(".yaml", StringComparison.Ordinal) || file.EndsWith(".yml", StringComparison.Ordinal))
            .Order(StringComparer.Ordinal);
}
