using Syscribe.Rules.Loading;

namespace Syscribe.Rules;

/// <summary>Loads Falco rule files. All files are compiled together, so a later one changes what an earlier one defined.</summary>
public static class RuleLoader
{
    /// <summary>The one event source there is.</summary>
    public const string SyscallSource = "syscall";

    /// <summary>Loads texts in order.</summary>
    public static RuleLoadResult Load(IEnumerable<RuleSource> sources, RuleLoadOptions? options = null)
    {
        var set = new DefinitionSet();
        var errors = new List<LoadMessage>();
        foreach (var source in sources)
        {
            try
            {
                new FileCollector(source, set).Read();
            }
            catch (LoadException e)
            {
                errors.Add(e.Error);
            }
        }

        if (errors.Count == 0 && Headers.Check(set) is { } missing)
        {
            errors.Add(missing);
        }

        var compiler = new RuleCompiler(set, options ?? new RuleLoadOptions(), errors);
        var rules = errors.Count == 0 ? compiler.Compile() : null;
        return new RuleLoadResult
        {
            RuleSet = errors.Count == 0 ? rules : null,
            Errors = errors,
            Warnings = set.Warnings,
            RuleCount = set.Rules.Count(rule => !rule.UnknownSource),
            MacroCount = set.Macros.Count,
            ListCount = set.Lists.Count,
            Scope = compiler.Scope,
        };
    }

    /// <summary>
    /// Loads files, and of directories the <c>.yaml</c> and <c>.yml</c> files in name order. What cannot be read is an error of the result.
    /// </summary>
    public static RuleLoadResult LoadPaths(IEnumerable<string> paths, RuleLoadOptions? options = null)
    {
        var sources = RuleFiles.Read(paths, out var errors);
        var result = Load(sources, options);
        return errors.Count == 0 ? result : new RuleLoadResult
        {
            Errors = [.. errors, .. result.Errors],
            Warnings = result.Warnings,
            RuleCount = result.RuleCount,
            MacroCount = result.MacroCount,
            ListCount = result.ListCount,
        };
    }
}
