namespace Syscribe.Rules.Tests;

/// <summary>Files beside the repository that some tests need.</summary>
internal static class Shared
{
    /// <summary>The folder that holds <c>Streaming.sln</c>.</summary>
    public static string Root { get; } = FindRoot();

    /// <summary>The directory <paramref name="name"/> of <c>shared</c>; skips the test where it is absent.</summary>
    public static string Directory(string name)
    {
        var path = Path.Combine(Root, "..", "shared", name);
        Assert.SkipUnless(System.IO.Directory.Exists(path), $"needs {name} in the directory shared beside the repository");
        return path;
    }

    private static string FindRoot()
    {
        var at = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(at.FullName, "Streaming.sln")))
        {
            at = at.Parent ?? throw new InvalidOperationException("The tests do not lie inside the repository.");
        }

        return at.FullName;
    }
}
