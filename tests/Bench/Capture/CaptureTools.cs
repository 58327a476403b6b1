using System.Diagnostics;
using System.Globalization;

namespace Syscribe.Bench.Capture;

/// <summary>The C programs of <c>tests/Bench/baseline</c>, built for one run into a folder that goes away with it.</summary>
internal sealed class CaptureTools : IDisposable
{
    private const int OpenClosePairs = 500_000;
    private const int Compilations = 12;

    private readonly string _folder = Directory.CreateTempSubdirectory("syscribe-bench-").FullName;

    private CaptureTools()
    {
    }

    /// <exception cref="BenchSkippedException">No root, no BTF, or no C compiler.</exception>
    public static CaptureTools Build()
    {
        if (!Environment.IsPrivilegedProcess || !File.Exists("/sys/kernel/btf/vmlinux"))
        {
            throw new BenchSkippedException("capturing needs root and a kernel with BTF (/sys/kernel/btf/vmlinux)");
        }

        var tools = new CaptureTools();
        tools.Make("storm");
        tools.Make("count", "-lbpf");
        File.WriteAllText(tools.At("unit.c"), "#include <stdio.h>\n#include <stdlib.h>\n#include <string.h>\n#include <pthread.h>\n#include <sys/socket.h>\nint unit(void) { return puts(\"\"); }\n");
        return tools;
    }

    /// <summary>A million system calls as fast as one core makes them.</summary>
    public string[] OpenClose => [At("storm"), OpenClosePairs.ToString(CultureInfo.InvariantCulture)];

    /// <summary>System calls at a steady rate.</summary>
    public string[] Paced(int perSecond, int calls) =>
        [At("storm"), (calls / 2).ToString(CultureInfo.InvariantCulture), perSecond.ToString(CultureInfo.InvariantCulture)];

    /// <summary>Small C files compiled one after the other: exec, fork, mmap, open and read of many processes.</summary>
    public string[] Compile =>
        ["/bin/sh", "-c", $"for i in $(seq {Compilations}); do gcc -O2 -c {At("unit.c")} -o {At("unit.o")}; done"];

    /// <summary>The storm read by the program that only counts.</summary>
    public CaptureRound Count(string[] storm, int ringMegabytes)
    {
        var start = new ProcessStartInfo(At("count"), [Path.Combine(AppContext.BaseDirectory, "syscribe.bpf.o"), $"{ringMegabytes}", .. storm])
        {
            RedirectStandardOutput = true,
        };
        using var count = Process.Start(start)!; // Gives a process or throws, without UseShellExecute.
        var output = count.StandardOutput.ReadToEnd();
        count.WaitForExit();
        if (count.ExitCode != 0)
        {
            throw new InvalidOperationException($"count exited with {count.ExitCode}: {output}");
        }

        // The storm may print, too; the result is the last line.
        var fields = output.Trim().Split('\n')[^1].Split(' ').Select(static field => double.Parse(field, CultureInfo.InvariantCulture)).ToArray();
        return new CaptureRound(TimeSpan.FromSeconds(fields[2]), TimeSpan.FromSeconds(fields[3]), (long)fields[0], (long)fields[1]);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private string At(string name) => Path.Combine(_folder, name);

    private void Make(string name, params string[] libraries)
    {
        var source = Path.Combine(AppContext.BaseDirectory, "baseline", name + ".c");
        try
        {
            using var gcc = Process.Start(new ProcessStartInfo("gcc", ["-O2", "-I" + Path.Combine(AppContext.BaseDirectory, "baseline"), source, "-o", At(name), .. libraries]));
            gcc!.WaitForExit(); // Start gives a process or throws, without UseShellExecute.
            if (gcc.ExitCode != 0)
            {
                throw new BenchSkippedException($"gcc did not build {source}");
            }
        }
        catch (System.ComponentModel.Win32Exception missing)
        {
            throw new BenchSkippedException($"it needs gcc and libbpf-dev: {missing.Message}");
        }
    }
}
