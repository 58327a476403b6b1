using System.Text.Encodings.Web;
using System.Text.Json;

namespace Syscribe.Rules.Tools;

/// <summary>JSON as the tools print it.</summary>
internal static class ToolJson
{
    private static readonly JsonSerializerOptions Options = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static string Write(object value) => JsonSerializer.Serialize(value, Options);

    public static object Message(LoadMessage message) => new
    {
        code = message.Code,
        file = message.File,
        line = message.Line,
        column = message.Column,
        item = message.Item,
        message = message.Message,
    };
}
