using Syscribe.Rules.Evaluation;
using Syscribe.Rules.Syntax;

namespace Syscribe.Rules.Loading;

/// <summary>The lists and macros of a load, for conditions that are in no rule.</summary>
internal sealed class ConditionScope(DefinitionSet set, Dictionary<ListDefinition, string> lists, MacroResolver resolver, PredicatePool pool)
{
    /// <summary>The condition's tree with lists and macros replaced.</summary>
    /// <exception cref="SyntaxException">It does not parse.</exception>
    public Node Parse(string condition) => resolver.Resolve(ConditionParser.Parse(ListSubstitution.Apply(condition, set.Lists, lists).Text));

    /// <summary>The condition compiled.</summary>
    /// <exception cref="SyntaxException">It does not parse, or does not type-check.</exception>
    public Predicate Compile(string condition) => new ConditionCompiler(pool).Compile(Parse(condition));
}
