namespace Syscribe.Rules.Tests;

/// <summary>Files beside the repository that some tests need.</summary>
internal static class Shared
{
    /// <summary>The directory <paramref name="name"/> of <c>shared</c>; skips the test where it is absent.</summary>
    public static string Directory(string name)
    {
        for (var at = new DirectoryInfo(AppContext.BaseDirectory); at is not null; at = at.Parent)
        {
            if (File.Exists(Path.Combine(at.FullName, "Streaming.sln")))
            {
                var path = Path.Combine(at.FullName, "..", "shared", name);
                Assert.SkipUnless(System.IO.Directory.Exists(path), $"needs {name} in the directory shared beside the repository");
                return path;
            }
        }

        Assert.Skip("runs only inside the repository");
        return "";
    }
}
