using System.Text.Json;
using Syscribe.Inference;
using Syscribe.Inference.LlamaCpp;
using Syscribe.Testing;

namespace Syscribe.EndToEnd.Tests;

/// <summary>Every attack by each system call that carries it out, live, under three detectors in one run.</summary>
public sealed class CompareTests
{
    [Fact]
    public async Task Narrowed_rules_see_the_trained_calls_alone_and_a_shipped_model_nearly_all_others()
    {
        Needs(Prerequisites.Root);
        Needs(Prerequisites.Btf);
        await using var up = LocalProcess.Start("--compare", "--for", "8m");

        var report = await up.ReportAsync(within: TimeSpan.FromMinutes(10));

        var comparison = report.GetProperty("comparison");
        var totals = comparison.GetProperty("totals").EnumerateArray().ToDictionary(total => total.GetProperty("group").GetString()!);
        int Of(string group, string column) => totals[group].GetProperty(column).GetInt32();

        Assert.InRange(Of("trained", "variants"), 70, int.MaxValue);
        Assert.InRange(Of("unseen", "variants"), 150, int.MaxValue);
        Assert.Equal(Of("trained", "variants"), Of("trained", "narrowed"));
        Assert.Equal(Of("trained", "variants"), Of("trained", "full"));
        Assert.Equal(0, Of("unseen", "narrowed") + Of("invented", "narrowed") + Of("invented", "full"));
        Assert.InRange(Of("unseen", "full"), 1, Of("unseen", "variants") - 1);
        if (comparison.GetProperty("model").ValueKind == JsonValueKind.Null)
        {
            Assert.NotEqual("", comparison.GetProperty("modelMissing").GetString());
            Assert.True(ShippedModel.Path is null || LlamaLibrary.Find() is null, up.Output);
            return;
        }

        var variants = Of("trained", "variants") + Of("unseen", "variants");
        var seen = Of("trained", "withModel") + Of("unseen", "withModel");
        Assert.True(seen >= 0.9 * variants, $"{seen} of {variants} with the model\n{up.Output}");
        Assert.True(comparison.GetProperty("latencyMs").GetProperty("model").GetProperty("p99").GetDouble() > 0);
    }

    [Fact]
    public async Task Without_root_it_says_what_it_needs_and_ends()
    {
        Needs(Prerequisites.Root);
        Needs(Prerequisites.Program("setpriv", "util-linux"));
        await using var up = LocalProcess.StartUnprivileged("--compare");

        await Wait.UntilAsync(
            () => up.Output.Contains("--compare plays attacks and captures them live, which needs root", StringComparison.Ordinal),
            TimeSpan.FromSeconds(60),
            "the line that says what is needed");
    }

    private static void Needs(string? missing) => Assert.SkipWhen(missing is not null, missing ?? "");
}
