using System.Text;
using Syscribe.Events;
using Syscribe.Inference.Engine;
using Syscribe.Inference.Suspects;
using Syscribe.Inference.Text;
using Syscribe.Rules;
using Syscribe.Training.Data;

namespace Syscribe.Training.Evaluate;

/// <summary>What the model says of a recording of ordinary work, behind the funnel: every alert of it is a false one.</summary>
/// <param name="Events">Events recorded.</param>
/// <param name="Recorded">From the first to the last.</param>
/// <param name="Suspects">Events that the funnel let through.</param>
/// <param name="Behaviours">Different behaviours among them: what the model was asked.</param>
/// <param name="Asked">The behaviours as judged, behind the check.</param>
public sealed record CaptureCheck(long Events, TimeSpan Recorded, long Suspects, int Behaviours, IReadOnlyList<Judged> Asked)
{
    /// <summary>False alerts, each behaviour once.</summary>
    public int FalseAlerts(double threshold) => Asked.Count(one => one.Alerts(threshold));

    /// <summary>Reads the recording and asks the model.</summary>
    /// <param name="file">The recording.</param>
    /// <param name="under">Only what runs below a process of this name; null for all of it.</param>
    /// <param name="rules">The rules before the funnel.</param>
    /// <param name="engine">The model.</param>
    /// <param name="check">What of its answers an event allows.</param>
    /// <param name="progress">Told how many were judged.</param>
    public static async Task<CaptureCheck> RunAsync(string file, string? under, RuleSet rules, IInferenceEngine engine, AnswerCheck check, Action<int> progress)
    {
        ArgumentNullException.ThrowIfNull(rules);
        var selector = new SuspectSelector();
        var (matches, texts) = (new List<Rule>(), new Dictionary<ulong, Example>());
        long events = 0, suspects = 0, first = 0, last = 0;
        using var reader = new SyscallEventFileReader(file);
        var e = new SyscallEvent();
        while (reader.Read(e))
        {
            if (under is not null && BenignCommand.Below(e.Process, under) is null)
            {
                continue;
            }

            first = events++ == 0 ? e.TimeNs : first;
            last = e.TimeNs;
            matches.Clear();
            rules.Evaluate(e, matches);
            if (selector.Select(e, rules, matches.Count > 0, out var signature) != Selection.None)
            {
                suspects++;
                texts.TryAdd(signature, ExampleOf(e, check));
            }
        }

        var asked = await ModelJudge.AskAsync(engine, [.. texts.Values], progress);
        return new CaptureCheck(events, TimeSpan.FromMicroseconds((last - first) / 1000), suspects, texts.Count, [.. asked.Select(one => one.Checked())]);
    }

    private static Example ExampleOf(SyscallEvent e, AnswerCheck check) => new(
        Encoding.UTF8.GetString(ToText.Render(e)), 0, ExampleKind.Benign, "", e.Type.ToString(), e.Type.ToString(), Allowed: check.Allowed(e));
}
