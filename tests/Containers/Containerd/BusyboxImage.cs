using System.Formats.Tar;
using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Syscribe.Containers.Tests.Containerd;

/// <summary>An OCI image made here: busybox as /bin/sh, /bin/cat, /bin/sleep and /pause.</summary>
internal static class BusyboxImage
{
    public const string Name = "registry.test:5000/team/shop:1.4";

    /// <summary>Why there can be none; null where there can.</summary>
    public static string? Missing => File.Exists(Busybox) ? null : "needs a static busybox: apt-get install busybox-static";

    private const string Busybox = "/usr/bin/busybox";

    /// <summary>Writes the image as an OCI archive.</summary>
    /// <returns>The digest of its manifest.</returns>
    public static string Write(string file)
    {
        using var tar = new TarWriter(File.Create(file));
        var (plain, packed) = Layer();
        var config = Blob(tar, JsonSerializer.SerializeToUtf8Bytes(new
        {
            architecture = "amd64",
            os = "linux",
            config = new { Cmd = new[] { "/bin/sleep", "600" } },
            rootfs = new { type = "layers", diff_ids = new[] { Digest(plain) } },
        }));
        var layer = Blob(tar, packed);
        var manifest = Blob(tar, JsonSerializer.SerializeToUtf8Bytes(new
        {
            schemaVersion = 2,
            mediaType = "application/vnd.oci.image.manifest.v1+json",
            config = new { mediaType = "application/vnd.oci.image.config.v1+json", digest = config.Digest, size = config.Size },
            layers = new[] { new { mediaType = "application/vnd.oci.image.layer.v1.tar+gzip", digest = layer.Digest, size = layer.Size } },
        }));
        Entry(tar, "index.json", JsonSerializer.SerializeToUtf8Bytes(new
        {
            schemaVersion = 2,
            manifests = new[]
            {
                new
                {
                    mediaType = "application/vnd.oci.image.manifest.v1+json",
                    digest = manifest.Digest,
                    size = manifest.Size,
                    annotations = new Dictionary<string, string> { ["io.containerd.image.name"] = Name },
                },
            },
        }));
        Entry(tar, "oci-layout", Encoding.UTF8.GetBytes("""{"imageLayoutVersion":"1.0.0"}"""));
        return manifest.Digest;
    }

    private static (byte[] Plain, byte[] Packed) Layer()
    {
        using var plain = new MemoryStream();
        using (var tar = new TarWriter(plain, leaveOpen: true))
        {
            tar.WriteEntry(new PaxTarEntry(TarEntryType.Directory, "bin/") { Mode = (UnixFileMode)0b111_101_101 });
            Entry(tar, "bin/busybox", File.ReadAllBytes(Busybox));
            foreach (var applet in (string[])["bin/sh", "bin/cat", "bin/sleep"])
            {
                tar.WriteEntry(new PaxTarEntry(TarEntryType.SymbolicLink, applet) { LinkName = "/bin/busybox" });
            }
        }

        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Fastest, leaveOpen: true))
        {
            plain.WriteTo(gzip);
        }

        return (plain.ToArray(), packed.ToArray());
    }

    private static (string Digest, int Size) Blob(TarWriter tar, byte[] bytes)
    {
        var digest = Digest(bytes);
        Entry(tar, "blobs/" + digest.Replace(':', '/'), bytes);
        return (digest, bytes.Length);
    }

    private static void Entry(TarWriter tar, string name, byte[] bytes) =>
        tar.WriteEntry(new PaxTarEntry(TarEntryType.RegularFile, name) { DataStream = new MemoryStream(bytes), Mode = (UnixFileMode)0b111_101_101 });

    private static string Digest(byte[] bytes) => "sha256:" + Convert.ToHexStringLower(SHA256.HashData(bytes));
}
