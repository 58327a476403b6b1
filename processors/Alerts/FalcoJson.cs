using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Syscribe.Events;

namespace Syscribe.Alerts;

/// <summary>
/// An alert as Falco's JSON object, one line, for everything that reads Falco's alerts (falcosidekick, SIEM parsers).
/// </summary>
/// <remarks>
/// Keys in alphabetical order, as Falco writes them:
/// <code>
/// hostname       node of the event
/// output         HH:MM:SS.nnnnnnnnn: Priority message
/// output_fields  one key a token of the rule's output, JSON types kept, unknown as null; evt.time in nanoseconds
/// priority       Emergency, Alert, Critical, Error, Warning, Notice, Informational, Debug
/// rule           rule name
/// source         syscall
/// tags           sorted, each once
/// time           2023-01-01T12:34:56.123456789Z
/// </code>
/// <c>output_fields</c> is never empty, because falcosidekick refuses an alert where it is.
/// </remarks>
public sealed class FalcoJson
{
    private static readonly JsonWriterOptions Writing = new()
    {
        // Falco escapes what JSON demands and nothing for HTML.
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    private readonly TimeZoneInfo _zone;

    /// <param name="zone">Time zone of the time in <c>output</c>; null means the local one, as in Falco. The other times are UTC.</param>
    public FalcoJson(TimeZoneInfo? zone = null) => _zone = zone ?? TimeZoneInfo.Local;

    /// <summary>Writes the object without a line end.</summary>
    public void Write(AlertRecord alert, IBufferWriter<byte> output)
    {
        using var json = new Utf8JsonWriter(output, Writing);
        json.WriteStartObject();
        json.WriteString("hostname"u8, PrintableText.Of(alert.Node));
        json.WriteString("output"u8, Line(alert));
        WriteFields(json, alert);
        json.WriteString("priority"u8, alert.Priority.ToString());
        json.WriteString("rule"u8, PrintableText.Of(alert.Rule));
        json.WriteString("source"u8, PrintableText.Of(alert.Source));
        WriteTags(json, alert.Tags);
        json.WriteString("time"u8, Utc(alert.TimeNs));
        json.WriteEndObject();
    }

    /// <summary>The object as text.</summary>
    public string Format(AlertRecord alert)
    {
        var buffer = new ArrayBufferWriter<byte>(1024);
        Write(alert, buffer);
        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    /// <summary>Falco's text line: local time, priority, message.</summary>
    public string Line(AlertRecord alert)
    {
        var local = TimeZoneInfo.ConvertTimeFromUtc(Second(alert.TimeNs), _zone);
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{local:HH:mm:ss}.{Nanosecond(alert.TimeNs):D9}: {alert.Priority} {PrintableText.Of(alert.Message)}");
    }

    private static string Utc(long timeNs) => string.Create(
        CultureInfo.InvariantCulture, $"{Second(timeNs):yyyy-MM-ddTHH:mm:ss}.{Nanosecond(timeNs):D9}Z");

    // Floor division, so that a time before 1970 keeps a positive fraction.
    private static DateTime Second(long timeNs) =>
        DateTime.UnixEpoch.AddSeconds((timeNs - Nanosecond(timeNs)) / 1_000_000_000);

    private static long Nanosecond(long timeNs) => ((timeNs % 1_000_000_000) + 1_000_000_000) % 1_000_000_000;

    private static void WriteFields(Utf8JsonWriter json, AlertRecord alert)
    {
        const string EventTime = "evt.time";
        json.WriteStartObject("output_fields"u8);
        var fields = alert.OutputFields.Where(f => f.Key != EventTime).Append(new(EventTime, alert.TimeNs));
        foreach (var (name, value) in fields.OrderBy(f => f.Key, StringComparer.Ordinal))
        {
            json.WritePropertyName(PrintableText.Of(name));
            WriteValue(json, value);
        }

        json.WriteEndObject();
    }

    private static void WriteValue(Utf8JsonWriter json, object? value)
    {
        switch (value)
        {
            case null:
                json.WriteNullValue();
                break;
            case bool boolean:
                json.WriteBooleanValue(boolean);
                break;
            case long number:
                json.WriteNumberValue(number);
                break;
            case double number when double.IsFinite(number):
                json.WriteNumberValue(number);
                break;
            case double:
                json.WriteNullValue();
                break;
            case string text:
                json.WriteStringValue(PrintableText.Of(text));
                break;
            default:
                throw new ArgumentException(
                    $"output field of type {value.GetType()}: an alert holds null, bool, long, double and string", nameof(value));
        }
    }

    private static void WriteTags(Utf8JsonWriter json, List<string> tags)
    {
        json.WriteStartArray("tags"u8);
        foreach (var tag in tags.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal))
        {
            json.WriteStringValue(PrintableText.Of(tag));
        }

        json.WriteEndArray();
    }
}
