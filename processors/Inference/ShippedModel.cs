namespace Syscribe.Inference;

/// <summary>The small model that comes with the program, copied beside it by the build.</summary>
public static class ShippedModel
{
    /// <summary>Name of its file.</summary>
    public const string FileName = "syscribe-small.gguf";

    /// <summary>Where it is; null where this build has none.</summary>
    public static string? Path { get; } = Find();

    private static string? Find()
    {
        var file = System.IO.Path.Combine(AppContext.BaseDirectory, FileName);
        return File.Exists(file) ? file : null;
    }
}
