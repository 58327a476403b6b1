namespace Syscribe.Scenarios.Tests;

/// <summary>Each variant for real, under live capture.</summary>
public sealed class VariantTests(VariantCapture capture) : IClassFixture<VariantCapture>
{
    private const int NotImplemented = -38; // ENOSYS: a kernel that is older than the call

    public static TheoryData<string> All => [.. VariantCatalog.All.Select(variant => variant.Name)];

    [Theory]
    [MemberData(nameof(All))]
    public async Task A_variant_is_captured_as_the_call_that_it_is(string name)
    {
        var variant = VariantCatalog.Find(name)!;

        var events = await capture.Play(variant);

        Assert.True(events.Count > 0, $"no {variant.Event} about {variant.Subject ?? "anything"} was captured");
        var made = events[^1];
        Assert.SkipWhen(made.Return == NotImplemented && variant.Result == VariantResult.Success, $"this kernel has no {variant.Call}");
        switch (variant.Result)
        {
            case VariantResult.Success:
                Assert.True(made.Return >= 0, $"{made}");
                break;
            case VariantResult.Refused:
                Assert.True(made.Return < 0, $"{made}");
                break;
            default:
                Assert.True(made.Return is null, $"{made}");
                break;
        }

        var seen = events.Any(e => e.Narrowed == variant.Rule);
        Assert.True(seen == variant.IsTrained, $"narrowed rules: {string.Join("; ", events.Select(e => $"{e} -> {e.Narrowed ?? "nothing"}"))}");
    }
}
