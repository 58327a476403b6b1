using FsCheck;
using FsCheck.Fluent;
using Syscribe.Events;

namespace Syscribe.Alerts.Tests;

public sealed class AlertIdTests
{
    // From the documented layout, with another program:
    // python3 -c 'import hashlib,struct; print(hashlib.sha256(b"node-1\0"+struct.pack(">qqB",7,42,0)+b"My rule\0abc").hexdigest()[:32])'
    [Fact]
    public void The_id_is_the_hash_of_the_documented_bytes() => Assert.Equal(
        "3d112ceb75ee10a5f41402b7331f8c64", AlertId.Of(Utf8.From("node-1"), 7, 42, Detector.Rule, "My rule", "abc"));

    [Fact]
    public void Every_part_of_the_identity_changes_the_id()
    {
        string[] ids =
        [
            AlertId.Of(Utf8.From("n"), 1, 2, Detector.Rule, "r", "d"),
            AlertId.Of(Utf8.From("m"), 1, 2, Detector.Rule, "r", "d"),
            AlertId.Of(Utf8.From("n"), 2, 2, Detector.Rule, "r", "d"),
            AlertId.Of(Utf8.From("n"), 1, 3, Detector.Rule, "r", "d"),
            AlertId.Of(Utf8.From("n"), 1, 2, Detector.Llm, "r", "d"),
            AlertId.Of(Utf8.From("n"), 1, 2, Detector.Rule, "s", "d"),
            AlertId.Of(Utf8.From("n"), 1, 2, Detector.Rule, "r", "e"),
            AlertId.Of(Utf8.From("n"), 1, 2, Detector.Rule, "rd", ""),
        ];

        Assert.Equal(ids.Length, ids.Distinct().Count());
        Assert.All(ids, id => Assert.Matches("^[0-9a-f]{32}$", id));
    }

    [Fact]
    public void Names_of_any_length_give_the_same_id_each_time() => Prop.ForAll<NonNull<string>, long, long>((rule, run, seq) =>
    {
        var node = Utf8.From(new string('n', (int)(Math.Abs(run % 700))));
        return AlertId.Of(node, run, seq, Detector.Rule, rule.Get, "d") == AlertId.Of(node, run, seq, Detector.Rule, rule.Get, "d");
    }).QuickCheckThrowOnFailure();
}
