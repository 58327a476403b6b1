using System.Runtime.InteropServices;
using System.Text;

namespace Syscribe.Training.Model;

/// <summary>
/// Makes TorchSharp's native library loadable where the C++ runtime is older than GCC 13's, as on Debian 12.
/// </summary>
/// <remarks>
/// The library asks for version GLIBCXX_3.4.32 because of one symbol, <c>std::ios_base_library_init()</c>, which
/// <c>&lt;iostream&gt;</c> mentions and nothing refers to. So the requirement is marked weak (<c>VER_FLG_WEAK</c>, one byte
/// of <c>.gnu.version_r</c>): the loader then goes on without it. The edit is made to the copy in the output folder, when
/// it is needed, and is the same however often it is made.
/// </remarks>
public static class TorchRuntime
{
    private const string LibraryName = "libLibTorchSharp.so";
    private const string Version = "GLIBCXX_3.4.32";
    private static readonly Lazy<bool> Prepared = new(Prepare);

    /// <summary>Must run before the first use of TorchSharp. Sets the number of threads that it computes with.</summary>
    /// <exception cref="TrainingException">Less than one thread; or the library is missing, or cannot be changed where it must be.</exception>
    public static void Start(int threads)
    {
        if (threads < 1)
        {
            throw new TrainingException($"--threads {threads}: allowed is 1 or more.");
        }

        _ = Prepared.Value;
        TorchSharp.torch.set_num_threads(threads);
    }

    private static bool Prepare()
    {
        var path = Path.Combine(AppContext.BaseDirectory, LibraryName);
        if (!File.Exists(path))
        {
            throw new TrainingException($"Loading TorchSharp: there is no {path}. Build processors/Training anew for linux-x64.");
        }

        if (SystemHas(Version))
        {
            return false;
        }

        var bytes = File.ReadAllBytes(path);
        try
        {
            return ElfVersions.MarkWeak(bytes, Version) && Replace(path, bytes);
        }
        catch (Exception e) when (e is InvalidDataException or IOException or UnauthorizedAccessException)
        {
            throw new TrainingException(
                $"Loading TorchSharp: {path} wants {Version} of libstdc++, which this system lacks, and making that optional failed: {e.Message} " +
                "Run once as a user who may write there, or on a system with GCC 13's libstdc++ or later (Debian 13, Ubuntu 24.04).", e);
        }
    }

    private static bool SystemHas(string version)
    {
        if (!NativeLibrary.TryLoad("libstdc++.so.6", out _))
        {
            return false;
        }

        // The file that the loader really took.
        var loaded = File.ReadLines("/proc/self/maps").Select(line => line[(line.LastIndexOf(' ') + 1)..])
            .FirstOrDefault(file => file.Contains("/libstdc++.so.6", StringComparison.Ordinal));
        return loaded is not null && File.ReadAllBytes(loaded).AsSpan().IndexOf(Encoding.ASCII.GetBytes(version + "\0")) >= 0;
    }

    // By a new file under the old name: the old one may be a link into the package cache, or loaded by another process.
    private static bool Replace(string path, byte[] bytes)
    {
        var (temporary, time) = ($"{path}.{Environment.ProcessId}", File.GetLastWriteTimeUtc(path));
        File.WriteAllBytes(temporary, bytes);
        File.SetLastWriteTimeUtc(temporary, time);
        File.Move(temporary, path, overwrite: true);
        return true;
    }
}
