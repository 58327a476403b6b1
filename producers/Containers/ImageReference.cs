namespace Syscribe.Containers;

/// <summary>The parts of an image's name: <c>registry:5000/team/app:1.2@sha256:…</c>.</summary>
/// <param name="Repository">All before tag and digest.</param>
/// <param name="Tag">Empty where there is none.</param>
/// <param name="Digest"><c>sha256:…</c>; empty where there is none.</param>
internal readonly record struct ImageReference(string Repository, string Tag, string Digest)
{
    private const string Sha256 = "sha256:";
    private const string DefaultTag = "latest";

    /// <summary>Splits a name.</summary>
    public static ImageReference Parse(string text)
    {
        var at = text.IndexOf('@', StringComparison.Ordinal);
        var digest = at < 0 ? "" : text[(at + 1)..];
        var name = at < 0 ? text : text[..at];
        // A colon before the last slash belongs to the registry's port.
        var colon = name.LastIndexOf(':');
        return colon > name.LastIndexOf('/')
            ? new ImageReference(name[..colon], name[(colon + 1)..], digest)
            : new ImageReference(name, "", digest);
    }

    /// <summary>The name that a container was made with, completed by what the runtime says of its image.</summary>
    /// <param name="name">As the container's creator gave it: a name, or an image's id.</param>
    /// <param name="imageId">Id of the image, with or without <c>sha256:</c>.</param>
    /// <param name="tags">Names with tags of the image.</param>
    /// <param name="digests">Names with digests of the image.</param>
    public static ImageReference Complete(string name, string imageId, IReadOnlyList<string> tags, IReadOnlyList<string> digests)
    {
        var isId = name.Length == 0 || name.StartsWith(Sha256, StringComparison.Ordinal) || Id(imageId).StartsWith(name, StringComparison.Ordinal);
        var known = !isId ? Parse(name) : tags.Count > 0 ? Parse(tags[0]) : digests.Count > 0 ? Parse(digests[0]) : new ImageReference("", "", "");
        if (known.Digest.Length == 0)
        {
            var repository = known.Repository;
            var digest = digests.FirstOrDefault(text => Parse(text).Repository == repository) ?? digests.FirstOrDefault() ?? "";
            // A name without a tag and a digest is what every runtime completes so.
            var tag = known.Tag.Length == 0 && repository.Length > 0 ? DefaultTag : known.Tag;
            return new ImageReference(repository, tag, Parse(digest).Digest);
        }

        return known;
    }

    /// <summary>An image's id without its algorithm.</summary>
    public static string Id(string id) => id.StartsWith(Sha256, StringComparison.Ordinal) ? id[Sha256.Length..] : id;
}
