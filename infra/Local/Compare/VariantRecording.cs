using System.Text.Json;
using System.Text.Json.Serialization;
using Syscribe.Events;

namespace Syscribe.Local.Compare;

/// <summary>
/// The played variants' events as an Avro object container file, and beside it, with <c>.labels.json</c> appended, what each
/// one is: for an evaluation without the machine.
/// </summary>
internal static class VariantRecording
{
    /// <summary>Writes both files.</summary>
    /// <exception cref="IOException">One cannot be written.</exception>
    public static int Write(FileInfo file, IReadOnlyList<PlayedVariant> played)
    {
        var labels = new List<VariantLabel>();
        using (var writer = new SyscallEventFileWriter(file.FullName))
        {
            foreach (var variant in played)
            {
                foreach (var sighting in variant.Sightings)
                {
                    writer.Append(sighting.Event);
                    labels.Add(Label(variant, sighting.Event));
                }
            }
        }

        using var stream = File.Create(file.FullName + ".labels.json");
        JsonSerializer.Serialize(stream, new VariantLabels(labels), VariantLabelsJson.Default.VariantLabels);
        return labels.Count;
    }

    private static VariantLabel Label(PlayedVariant played, SyscallEvent e) => new(
        e.Run,
        e.Seq,
        played.Variant.Rule,
        played.Variant.Intent,
        played.Call,
        e.Type.ToString(),
        played.IsInvented ? Comparer.Invented : played.Variant.IsTrained ? Comparer.Trained : Comparer.Unseen,
        played.IsInvented ? "wire" : played.Variant.Where.ToString().ToLowerInvariant());
}

/// <summary>Labels of a recording, in the order of its events.</summary>
/// <param name="Events">One for each event.</param>
internal sealed record VariantLabels(IReadOnlyList<VariantLabel> Events);

/// <summary>What one recorded event is.</summary>
/// <param name="Run">The event's run; with <paramref name="Seq"/> it names the event.</param>
/// <param name="Seq">The event's number.</param>
/// <param name="Rule">The default rule that should be raised.</param>
/// <param name="Intent">What was done.</param>
/// <param name="Call">By which call.</param>
/// <param name="Event">The event's type.</param>
/// <param name="Group"><c>trained</c>, <c>unseen</c> or <c>invented</c>.</param>
/// <param name="Where"><c>host</c>, <c>container</c> or <c>wire</c>.</param>
internal sealed record VariantLabel(long Run, long Seq, string Rule, string Intent, string Call, string Event, string Group, string Where);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, WriteIndented = true)]
[JsonSerializable(typeof(VariantLabels))]
internal sealed partial class VariantLabelsJson : JsonSerializerContext;
