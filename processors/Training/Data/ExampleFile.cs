using System.Text.Json;
using System.Text.Json.Serialization;

namespace Syscribe.Training.Data;

/// <summary>Examples as JSON lines: <c>{"text","answer","kind","rule","call","origin"}</c>, one a line.</summary>
public static class ExampleFile
{
    private static readonly JsonSerializerOptions Options = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        Converters = { new JsonStringEnumConverter<ExampleKind>(JsonNamingPolicy.KebabCaseLower) },
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>Writes <paramref name="examples"/> to a new file and says how many there were.</summary>
    public static int Write(string path, IEnumerable<Example> examples)
    {
        ArgumentNullException.ThrowIfNull(examples);
        var count = 0;
        using var writer = new StreamWriter(path) { NewLine = "\n" };
        foreach (var example in examples)
        {
            writer.WriteLine(JsonSerializer.Serialize(example, Options));
            count++;
        }

        return count;
    }

    /// <summary>Reads a file, one example at a time.</summary>
    /// <exception cref="InvalidDataException">A line is no example; the message names file and line.</exception>
    public static IEnumerable<Example> Read(string path)
    {
        var number = 0;
        foreach (var line in File.ReadLines(path))
        {
            number++;
            yield return Parse(path, number, line);
        }
    }

    private static Example Parse(string path, int number, string line)
    {
        try
        {
            return JsonSerializer.Deserialize<Example>(line, Options) ?? throw new JsonException("null");
        }
        catch (JsonException e)
        {
            throw new InvalidDataException($"{path}:{number}: not an example: {e.Message}", e);
        }
    }
}
