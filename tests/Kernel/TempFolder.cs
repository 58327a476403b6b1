namespace Syscribe.Kernel.Tests;

/// <summary>A folder of the test's own, removed at its end.</summary>
internal sealed class TempFolder : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("syscribe-");

    public string Path => _folder.FullName;

    public string this[string name] => System.IO.Path.Combine(Path, name);

    /// <summary>A file with some text.</summary>
    public string File(string name)
    {
        System.IO.File.WriteAllText(this[name], "text");
        return this[name];
    }

    public void Dispose() => _folder.Delete(recursive: true);
}
