using System.Formats.Tar;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text.Json;

namespace Syscribe.Scenarios.Staging;

/// <summary>A directory as an image that container runtimes import: https://github.com/opencontainers/image-spec.</summary>
internal static class ImageArchive
{
    /// <summary>Writes the archive, with the directory as its one layer.</summary>
    public static void Write(string directory, string name, string file)
    {
        using var layer = new MemoryStream();
        TarFile.CreateFromDirectory(directory, layer, includeBaseDirectory: false);
        using var tar = new TarWriter(File.Create(file));
        var content = Blob(tar, "application/vnd.oci.image.layer.v1.tar", layer.ToArray());
        var config = Blob(tar, "application/vnd.oci.image.config.v1+json", Json(new
        {
            architecture = RuntimeInformation.OSArchitecture == Architecture.Arm64 ? "arm64" : "amd64",
            os = "linux",
            config = new { Env = new[] { "PATH=/usr/local/bin:/usr/bin:/bin" } },
            rootfs = new { type = "layers", diff_ids = new[] { content.Digest } },
        }));
        var manifest = Blob(tar, "application/vnd.oci.image.manifest.v1+json", Json(new
        {
            schemaVersion = 2,
            mediaType = "application/vnd.oci.image.manifest.v1+json",
            config = config.ToJson(),
            layers = new[] { content.ToJson() },
        }));
        Entry(tar, "index.json", Json(new
        {
            schemaVersion = 2,
            manifests = new[] { manifest.ToJson(new() { ["io.containerd.image.name"] = name }) },
        }));
        Entry(tar, "oci-layout", Json(new { imageLayoutVersion = "1.0.0" }));
    }

    private static byte[] Json<T>(T value) => JsonSerializer.SerializeToUtf8Bytes(value);

    private static Descriptor Blob(TarWriter tar, string type, byte[] bytes)
    {
        var descriptor = new Descriptor(type, "sha256:" + Convert.ToHexStringLower(SHA256.HashData(bytes)), bytes.Length);
        Entry(tar, "blobs/" + descriptor.Digest.Replace(':', '/'), bytes);
        return descriptor;
    }

    private static void Entry(TarWriter tar, string name, byte[] bytes) =>
        tar.WriteEntry(new PaxTarEntry(TarEntryType.RegularFile, name) { DataStream = new MemoryStream(bytes) });

    private sealed record Descriptor(string Type, string Digest, int Size)
    {
        public Dictionary<string, object> ToJson(Dictionary<string, string>? annotations = null)
        {
            var json = new Dictionary<string, object> { ["mediaType"] = Type, ["digest"] = Digest, ["size"] = Size };
            if (annotations is not null)
                json["annotations"] = annotations;
            return json;
        }
    }
}
