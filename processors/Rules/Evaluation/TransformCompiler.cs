using Syscribe.Rules.Syntax;

namespace Syscribe.Rules.Evaluation;

/// <summary>Comparisons with a transformer on either side, or with <c>val(field)</c> on the right.</summary>
internal static class TransformCompiler
{
    public static Predicate Compile(CompareNode node) =>
        throw new SyntaxException("transformers and val() are not supported yet", node.Position);

    public static TextReader ParseText(string text, int position) =>
        throw new SyntaxException($"{text}: transformers are not supported yet", position);
}
