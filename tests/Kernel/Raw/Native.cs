using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Syscribe.Kernel.Tests.Raw;

/// <summary>System calls by number, other programs, and what the machine says about itself.</summary>
internal static class Native
{
    // asm/unistd_64.h
    public const int Write = 1;
    public const int Close = 3;
    public const int Connect = 42;
    public const int Exec = 59;
    public const int Chdir = 80;
    public const int GetPpid = 110;
    public const int GetTid = 186;
    public const int OpenAt = 257;
    public const int OpenAt2 = 437;

    public const int AtFdCwd = -100;

    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);
    private static readonly Lazy<string> Compiled = new(Compile);

    public static int Tid => (int)Call(GetTid);

    /// <summary>The compiled Raw/Programs/calls.c.</summary>
    public static string CallsProgram
    {
        get
        {
            RawCapture.SkipWhereNotAllowed();
            Assert.SkipUnless(File.Exists("/usr/bin/gcc"), "Compiling the test's C program needs gcc. Debian: apt-get install gcc libc6-dev");
            return Compiled.Value;
        }
    }

    /// <summary>
    /// Skips the test where the kernel has no 32-bit calls. Nothing in /proc tells: what makes one dies then, so that it is a
    /// program of its own.
    /// </summary>
    public static void SkipWithout32BitCalls()
    {
        var (_, code, output) = Run(CallsProgram, "gate");
        Assert.SkipUnless(code == 0, $"This kernel runs no 32-bit calls: exit code {code} {output}".TrimEnd());
    }

    /// <summary>syscall(2). Its result, or -errno.</summary>
    public static long Call(int number, nint a = 0, nint b = 0, nint c = 0, nint d = 0, nint e = 0, nint f = 0)
    {
        var result = SystemCall(number, a, b, c, d, e, f);
        return result == -1 ? -Marshal.GetLastPInvokeError() : result;
    }

    /// <summary>Runs a program to its end; its id, exit code and standard output.</summary>
    public static (int Id, int Code, string Output) Run(string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        using var process = Process.Start(start) ?? throw new InvalidOperationException($"{program} did not start.");
        var (output, error) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        if (!Task.WaitAll([output, error], Patience) || !process.WaitForExit(Patience))
        {
            process.Kill(entireProcessTree: true);
            throw new TimeoutException($"{program} {string.Join(' ', arguments)}: not done within {Patience}");
        }

        return (process.Id, process.ExitCode, output.Result + error.Result);
    }

    /// <summary>Runs calls.c, which must succeed; its process id and output.</summary>
    public static (int Id, string Output) RunCalls(params string[] arguments)
    {
        var (id, code, output) = Run(CallsProgram, arguments);
        Assert.True(code == 0, $"calls {string.Join(' ', arguments)}: exit code {code}, {output}");
        return (id, output);
    }

    /// <summary>stat(1) in its own format.</summary>
    public static string Stat(string format, string path) => Run("/usr/bin/stat", "-c", format, path).Output.Trim();

    [DllImport("libc", EntryPoint = "syscall", SetLastError = true)]
    private static extern nint SystemCall(nint number, nint a, nint b, nint c, nint d, nint e, nint f);

    private static string Compile()
    {
        var program = Path.Combine(Directory.CreateTempSubdirectory("syscribe-calls-").FullName, "calls");
        var source = Path.Combine(AppContext.BaseDirectory, "Raw", "Programs", "calls.c");
        var (_, code, output) = Run("/usr/bin/gcc", "-O1", "-o", program, source, "-pthread");
        AppDomain.CurrentDomain.ProcessExit += (_, _) => Directory.Delete(Path.GetDirectoryName(program)!, recursive: true);
        return code == 0 ? program : throw new InvalidOperationException($"gcc failed: {output}");
    }
}
