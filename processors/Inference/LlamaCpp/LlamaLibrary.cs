using System.Reflection;
using System.Runtime.InteropServices;

namespace Syscribe.Inference.LlamaCpp;

/// <summary>
/// Finds and loads the native library, once per process. Looked for in this order: the directory given, the environment
/// variable <c>SYSCRIBE_LLAMA_LIB</c>, <c>llama/</c> beside the executable, <c>.cache/llama</c> of the repository
/// (where <c>infra/natives</c> puts it). For a GPU the subdirectory <c>cuda</c> of the last two goes first.
/// </summary>
public static class LlamaLibrary
{
    /// <summary>Environment variable that names the directory.</summary>
    public const string DirectoryVariable = "SYSCRIBE_LLAMA_LIB";

    private static readonly Lock Gate = new();
    private static string? _loaded;

    /// <summary>The directory that the library was loaded from; null before <see cref="Load"/>.</summary>
    public static string? LoadedDirectory => _loaded;

    /// <summary>The directory that <see cref="Load"/> would use; null where none holds the library.</summary>
    /// <param name="directory">First choice; null to look in the usual places.</param>
    /// <param name="gpu">Whether the CUDA build is wanted.</param>
    public static string? Find(string? directory = null, bool gpu = false)
    {
        var named = directory ?? Environment.GetEnvironmentVariable(DirectoryVariable);
        if (!string.IsNullOrEmpty(named))
        {
            return LibraryIn(named, "llama") is null ? null : Path.GetFullPath(named);
        }

        return Candidates(gpu).FirstOrDefault(place => LibraryIn(place, "llama") is not null);
    }

    /// <summary>Loads the library and its processor backends. A second call is free.</summary>
    /// <param name="directory">See <see cref="Find"/>.</param>
    /// <param name="gpu">Whether the CUDA build is wanted.</param>
    /// <exception cref="LlamaException">Not found, not loadable, or loaded from another directory before.</exception>
    public static void Load(string? directory = null, bool gpu = false)
    {
        lock (Gate)
        {
            if (_loaded is null)
            {
                LoadFrom(Find(directory, gpu) ?? throw new LlamaException(NotFound(directory)));
            }
            else if (directory is not null && Path.GetFullPath(directory) != _loaded)
            {
                throw new LlamaException(
                    $"Loading libllama from {directory} failed: this process has it from {_loaded}. One process uses one build.");
            }
        }
    }

    /// <summary>Free memory of all GPUs that the loaded backends can use, bytes; 0 on a CPU build.</summary>
    public static unsafe long FreeGpuBytes()
    {
        var all = 0L;
        for (nuint i = 0; i < NativeMethods.ggml_backend_dev_count(); i++)
        {
            var device = NativeMethods.ggml_backend_dev_get(i);
            if (NativeMethods.ggml_backend_dev_type(device) is 1 or 2)
            {
                nuint free, total;
                NativeMethods.ggml_backend_dev_memory(device, &free, &total);
                all += (long)free;
            }
        }

        return all;
    }

    /// <summary>Descriptions of the GPUs that the loaded backends can use; empty on a CPU build.</summary>
    public static unsafe IReadOnlyList<string> Gpus()
    {
        var found = new List<string>();
        for (nuint i = 0; i < NativeMethods.ggml_backend_dev_count(); i++)
        {
            var device = NativeMethods.ggml_backend_dev_get(i);
            if (NativeMethods.ggml_backend_dev_type(device) is 1 or 2)
            {
                found.Add(Marshal.PtrToStringUTF8((nint)NativeMethods.ggml_backend_dev_description(device)) ?? "GPU");
            }
        }

        return found;
    }

    /// <summary>What the library says its version is.</summary>
    public static unsafe string Version => Marshal.PtrToStringUTF8((nint)NativeMethods.llama_version()) ?? "unknown";

    /// <summary>Why <see cref="Find"/> found nothing, and what to do.</summary>
    public static string NotFound(string? directory = null)
    {
        var named = directory ?? Environment.GetEnvironmentVariable(DirectoryVariable);
        return string.IsNullOrEmpty(named)
            ? $"libllama is not installed. Run infra/natives, or name its directory with --llama-lib or {DirectoryVariable}."
            : $"No libllama*.so in {named}. Run infra/natives, or name another directory with --llama-lib or {DirectoryVariable}.";
    }

    private static void LoadFrom(string directory)
    {
        var libraries = new Dictionary<string, nint>();
        try
        {
            foreach (var name in (string[])[NativeMethods.Ggml, NativeMethods.Llama])
            {
                var path = LibraryIn(directory, name) ?? throw new LlamaException($"No lib{name}*.so in {directory}, which has libllama.");
                libraries[name] = NativeLibrary.Load(path);
            }
        }
        catch (DllNotFoundException e)
        {
            throw new LlamaException($"Loading libllama from {directory} failed: {e.Message}", e);
        }

        NativeLibrary.SetDllImportResolver(
            Assembly.GetExecutingAssembly(), (name, _, _) => libraries.GetValueOrDefault(name));
        LlamaLog.Install();
        NativeMethods.ggml_backend_load_all_from_path(directory);
        NativeMethods.llama_backend_init();
        _loaded = directory;
        LlamaLog.TakeReason();
    }

    // The file is libllama.so in a build of llama.cpp, libllama.v0.5.0.so or libllama.cuda.v0.5.0.so in the npm packages.
    private static string? LibraryIn(string directory, string name) =>
        !Directory.Exists(directory)
            ? null
            : ((string[])[$"lib{name}.so", $"lib{name}.v*.so", $"lib{name}.*.v*.so"])
                .SelectMany(pattern => Directory.EnumerateFiles(directory, pattern).Order(StringComparer.Ordinal))
                .Select(Path.GetFullPath)
                .FirstOrDefault();

    private static IEnumerable<string> Candidates(bool gpu)
    {
        var places = new List<string> { Path.Combine(AppContext.BaseDirectory, "llama") };
        for (var up = new DirectoryInfo(AppContext.BaseDirectory); up is not null; up = up.Parent)
        {
            if (File.Exists(Path.Combine(up.FullName, "Streaming.sln")))
            {
                places.Add(Path.Combine(up.FullName, ".cache", "llama"));
            }
        }

        return gpu ? places.Select(place => Path.Combine(place, "cuda")).Concat(places) : places;
    }
}
