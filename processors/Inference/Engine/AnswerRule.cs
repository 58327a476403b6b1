namespace Syscribe.Inference.Engine;

/// <summary>The rule that a known answer stands for.</summary>
/// <param name="Name">Its name; empty for the harmless answer.</param>
/// <param name="Tags">Its tags.</param>
public sealed record AnswerRule(string Name, IReadOnlyList<string> Tags)
{
    /// <summary>Of names and of tags joined by commas, as a model stores them; without tags where it stores none.</summary>
    /// <exception cref="FormatException">There are tags, and not as many as names.</exception>
    public static IReadOnlyList<AnswerRule> Of(IReadOnlyList<string> names, IReadOnlyList<string> tags)
    {
        ArgumentNullException.ThrowIfNull(names);
        ArgumentNullException.ThrowIfNull(tags);
        if (tags.Count != 0 && tags.Count != names.Count)
        {
            throw new FormatException($"There are {names.Count} names of rules and {tags.Count} lists of tags; they must be as many, or no tags.");
        }

        return [.. names.Select((name, i) => new AnswerRule(name, tags.Count == 0 ? [] : tags[i].Split(',', StringSplitOptions.RemoveEmptyEntries)))];
    }
}
