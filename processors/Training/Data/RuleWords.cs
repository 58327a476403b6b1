using Syscribe.Rules;
using Syscribe.Rules.Syntax;

namespace Syscribe.Training.Data;

/// <summary>
/// The words that conditions name: programs, paths, arguments, users. Ordinary events use them as well, or a model would take
/// the word alone for the deed.
/// </summary>
internal sealed class RuleWords
{
    private readonly SortedSet<string> _programs = new(StringComparer.Ordinal);
    private readonly SortedSet<string> _users = new(StringComparer.Ordinal);
    private readonly SortedSet<(string Text, char Kind)> _paths = [];
    private readonly SortedSet<string> _arguments = new(StringComparer.Ordinal);

    public RuleWords(IEnumerable<Rule> rules)
    {
        foreach (var rule in rules)
        {
            Add(rule.Condition);
        }

        Programs = [.. _programs];
        Users = [.. _users];
        Paths = [.. _paths];
        Arguments = [.. _arguments];
    }

    public IReadOnlyList<string> Programs { get; }

    public IReadOnlyList<string> Users { get; }

    /// <summary>Parts of paths, and where they stand: <c>=</c> the whole, <c>^</c> its start, <c>$</c> its end, <c>*</c> a pattern.</summary>
    public IReadOnlyList<(string Text, char Kind)> Paths { get; }

    public IReadOnlyList<string> Arguments { get; }

    private void Add(Node node)
    {
        switch (node)
        {
            case AndNode and:
                and.Children.ToList().ForEach(Add);
                break;
            case OrNode or:
                or.Children.ToList().ForEach(Add);
                break;
            case NotNode not:
                Add(not.Child);
                break;
            case CompareNode compare:
                Add(new Atom(compare, true));
                break;
        }
    }

    private void Add(Atom atom)
    {
        foreach (var value in atom.Values.Where(value => value.Length > 0))
        {
            switch (atom.Field)
            {
                case "proc.name" or "proc.pname" or "proc.exe" when atom.IsExact:
                    _programs.Add(value);
                    break;
                case "proc.aname" when atom.IsExact:
                    _programs.Add(value);
                    break;
                case "user.name":
                    _users.Add(value);
                    break;
                case "proc.args":
                    _arguments.Add(value);
                    break;
                default:
                    if (value.Contains('/', StringComparison.Ordinal) && !atom.Field.StartsWith("proc.", StringComparison.Ordinal) && !atom.Field.StartsWith("container", StringComparison.Ordinal) && !atom.Field.StartsWith("fd.net", StringComparison.Ordinal))
                    {
                        _paths.Add((value, Kind(atom.Node.Operator)));
                    }

                    break;
            }
        }
    }

    private static char Kind(CompareOperator op) => op switch
    {
        CompareOperator.StartsWith => '^',
        CompareOperator.EndsWith => '$',
        CompareOperator.Glob or CompareOperator.PMatch => '*',
        CompareOperator.Contains => '~',
        _ => '=',
    };
}
