namespace Syscribe.Inference.Engine;

/// <summary>
/// The known answers as a prefix tree of tokens. A node where answers part is a branch, and only there must the model be
/// asked; the tokens between branches are forced. Immutable.
/// </summary>
/// <remarks>Each answer ends with the end token, so none is a prefix of another and every leaf is one answer.</remarks>
internal sealed class AnswerTree
{
    private readonly int[][] _childTokens;
    private readonly int[][] _childNodes;
    private readonly int[] _answers;
    private readonly int[] _harmless;

    private AnswerTree(List<Node> nodes, int deepest)
    {
        _childTokens = [.. nodes.Select(node => node.Children.Keys.ToArray())];
        _childNodes = [.. nodes.Select(node => node.Children.Values.ToArray())];
        _answers = [.. nodes.Select(node => node.Answer)];
        _harmless = [.. nodes.Select(node => node.Harmless)];
        DeepestTokens = deepest;
    }

    /// <summary>Node at which every answer starts.</summary>
    public const int Root = 0;

    /// <summary>Tokens of the longest answer, its end token included.</summary>
    public int DeepestTokens { get; }

    /// <summary>Builds the tree.</summary>
    /// <param name="answers">Tokens of each answer without an end token; the first is the harmless one.</param>
    /// <param name="endToken">Ends each answer.</param>
    /// <exception cref="ArgumentException">Fewer than two answers, or two with the same tokens.</exception>
    public static AnswerTree Build(IReadOnlyList<int[]> answers, int endToken)
    {
        if (answers.Count < 2)
        {
            throw new ArgumentException($"{answers.Count} known answers; at least two are needed to choose from", nameof(answers));
        }

        var nodes = new List<Node> { new() };
        for (var i = 0; i < answers.Count; i++)
        {
            Insert(nodes, [.. answers[i], endToken], i);
        }

        return new AnswerTree(nodes, answers.Max(answer => answer.Length) + 1);
    }

    /// <summary>Tokens that may follow <paramref name="node"/>; one where the next token is forced.</summary>
    public ReadOnlySpan<int> Tokens(int node) => _childTokens[node];

    /// <summary>The node behind the <paramref name="choice"/>-th of <see cref="Tokens"/>.</summary>
    public int Child(int node, int choice) => _childNodes[node][choice];

    /// <summary>Answer that ends at <paramref name="node"/>; -1 inside the tree.</summary>
    public int Answer(int node) => _answers[node];

    /// <summary>Which of <see cref="Tokens"/> leads to the harmless answer; -1 where none does.</summary>
    public int HarmlessChoice(int node) => _harmless[node];

    private static void Insert(List<Node> nodes, int[] tokens, int answer)
    {
        var node = Root;
        foreach (var token in tokens)
        {
            if (!nodes[node].Children.TryGetValue(token, out var next))
            {
                next = nodes.Count;
                nodes.Add(new Node());
                nodes[node].Children.Add(token, next);
            }

            if (answer == 0)
            {
                nodes[node].Harmless = 0;
            }

            node = next;
        }

        if (nodes[node].Answer >= 0)
        {
            throw new ArgumentException($"known answers {nodes[node].Answer} and {answer} have the same tokens");
        }

        nodes[node].Answer = answer;
    }

    private sealed class Node
    {
        // Insertion order: the harmless answer goes in first, so its choice is 0 wherever there is one.
        public OrderedDictionary<int, int> Children { get; } = [];

        public int Answer { get; set; } = -1;

        public int Harmless { get; set; } = -1;
    }
}
