using System.Runtime.InteropServices;
using Syscribe.Capture.Calls;
using Syscribe.Events;

namespace Syscribe.Capture.Syscalls;

/// <summary>
/// What every system call number means, for both tables: names by number from the lists embedded in the assembly,
/// argument names and types from the running kernel's tracefs.
/// </summary>
/// <remarks>A number that nothing names is <c>syscall_NUMBER</c> with six plain arguments.</remarks>
internal sealed class SyscallTable
{
    /// <summary><c>MAX_SYSCALLS</c>.</summary>
    public const int Entries = 1024;

    /// <summary><c>COMPAT_BASE</c>.</summary>
    public const int CompatBase = 512;

    private static readonly SyscallArg[] UnknownArgs =
        [.. Enumerable.Range(0, 6).Select(i => new SyscallArg(Utf8.From($"arg{i}"), ArgKind.Number, ArgWidth.Word, ArgRole.Plain))];

    // The return from a signal handler restores all registers, the number's too: the kernel puts -1 there, and what the
    // others hold is not its arguments.
    private static readonly SyscallInfo SignalReturn = new(-1, Abi.Native, Utf8.From("rt_sigreturn"), []);

    private readonly SyscallInfo _signalReturn32 = new(-1, Abi.Compat32, SignalReturn.Name, []);
    private readonly SyscallInfo[] _calls = new SyscallInfo[Entries];
    private readonly SyscallInfo[] _operations;
    private readonly IReadOnlyDictionary<string, SyscallArg[]> _described;
    private readonly Dictionary<long, SyscallInfo> _beyond = [];

    /// <param name="described">Arguments by name; empty where there is no tracefs.</param>
    /// <param name="native">Names by number; null for those of x86-64.</param>
    public SyscallTable(IReadOnlyDictionary<string, SyscallArg[]> described, string?[]? native = null)
    {
        native ??= NumberedNames.Read("x86_64");
        _described = described;
        Unnumbered = [.. described.Keys.Except(native.OfType<string>())];
        Fill(Abi.Native, 0, native, described);
        Fill(Abi.Compat32, CompatBase, NumberedNames.Read("i386"), described);
        _operations = [.. IoUringOperations.Names.Select((name, code) => Operation(code, name, described.GetValueOrDefault(name) ?? BuiltInArgs.Of(name)))];
    }

    /// <summary>Calls that the kernel describes and that no list gives a number.</summary>
    public IReadOnlyList<string> Unnumbered { get; }

    /// <summary>The table of the running kernel.</summary>
    public static SyscallTable Load() =>
        new(Tracefs.FindEvents() is { } events ? Tracefs.ReadAll(events) : []);

    /// <summary>All calls of both tables, index as in the BPF map.</summary>
    public ReadOnlySpan<SyscallInfo> Calls => _calls;

    /// <summary>The call behind a number of a table.</summary>
    public SyscallInfo this[int number, bool compat32]
    {
        get
        {
            if (number == SignalReturn.Number)
            {
                return compat32 ? _signalReturn32 : SignalReturn;
            }

            var index = compat32 ? number + CompatBase : number;
            var limit = compat32 ? Entries : CompatBase;
            return (uint)number < CompatBase && index < limit ? _calls[index] : Beyond(number, compat32);
        }
    }

    /// <summary>Gives a number the name that was found out for it.</summary>
    /// <returns>The call; null where the kernel does not describe one of that name.</returns>
    public SyscallInfo? Name(int number, string name)
    {
        if ((uint)number >= CompatBase || !_described.TryGetValue(name, out var args))
        {
            return null;
        }

        return _calls[number] = new SyscallInfo(number, Abi.Native, Utf8.From(name), args) { Handler = Handlers.Of(name) };
    }

    /// <summary>The io_uring operation behind a code.</summary>
    public SyscallInfo Operation(int code) => (uint)code < (uint)_operations.Length ? _operations[code] : Beyond(code, compat32: false, uring: true);

    private void Fill(Abi abi, int offset, string?[] names, IReadOnlyDictionary<string, SyscallArg[]> described)
    {
        for (var number = 0; number < CompatBase; number++)
        {
            var name = number < names.Length ? names[number] : null;
            var args = name is not null && described.TryGetValue(name, out var known) ? known : BuiltInArgs.Of(name) ?? UnknownArgs;
            _calls[offset + number] = new SyscallInfo(number, abi, Utf8.From(name ?? $"syscall_{number}"), args)
            {
                Handler = name is null ? GenericCalls.Any : Handlers.Of(name),
                IsNamed = name is not null,
            };
        }
    }

    private static SyscallInfo Operation(int code, string name, SyscallArg[]? sameCall) =>
        new(code, Abi.IoUring, Utf8.From("io_uring." + name), IoUringCalls.Args(name, sameCall)) { Handler = IoUringCalls.Of(name) };

    private SyscallInfo Beyond(int number, bool compat32, bool uring = false)
    {
        var abi = uring ? Abi.IoUring : compat32 ? Abi.Compat32 : Abi.Native;
        var key = ((long)abi << 32) | (uint)number;
        ref var info = ref CollectionsMarshal.GetValueRefOrAddDefault(_beyond, key, out var exists);
        if (!exists)
        {
            info = new SyscallInfo(number, abi, Utf8.From(uring ? $"io_uring.{number}" : $"syscall_{number}"), UnknownArgs);
        }

        return info!; // Set above or by an earlier call.
    }
}
