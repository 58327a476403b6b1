using System.Runtime.InteropServices;
using Syscribe.Capture.Records;
using Syscribe.Capture.State;
using Syscribe.Capture.Text;
using Syscribe.Events;

namespace Syscribe.Capture.Calls;

/// <summary>Calls that open a file by name.</summary>
internal static class OpenCalls
{
    private const uint CreatFlags = 0x241; // O_CREAT | O_WRONLY | O_TRUNC

    public static void Open(Call call)
    {
        var request = new Request(call.Record.String(0), Call.CurrentDirectory, call.UIntArg(1));
        var info = Apply(call, request, joinFailed: false);
        call.AddFd(ParamNames.Fd, call.Return, info);
        AddFailure(call);
        call.AddPath(ParamNames.Name, request.Path);
        AddFlags(call, request.Flags);
        AddMode(call, request.Flags, call.UIntArg(2));
        AddFile(call);
    }

    public static void OpenAt(Call call)
    {
        var request = new Request(call.Record.String(1), call.IntArg(0), call.UIntArg(2));
        AddNameAt(call, request);
        AddFlags(call, request.Flags);
        AddMode(call, request.Flags, call.UIntArg(3));
        AddFile(call);
    }

    public static void OpenAt2(Call call)
    {
        // struct open_how: flags, mode, resolve.
        var how = call.Record.Bytes(BlockKind.How).Span;
        var words = how.Length >= 24 ? MemoryMarshal.Cast<byte, ulong>(how[..24]) : [0, 0, 0];
        var request = new Request(call.Record.String(1), call.IntArg(0), (uint)words[0]);
        AddNameAt(call, request);
        AddFlags(call, request.Flags);
        AddMode(call, request.Flags, (uint)words[1]);
        var resolve = FalcoFlags.Resolve(words[2]);
        call.Add(ParamNames.Resolve, (long)resolve, FlagTables.Resolve.Text(resolve));
        AddFile(call);
    }

    public static void Creat(Call call)
    {
        var request = new Request(call.Record.String(0), Call.CurrentDirectory, CreatFlags);
        var info = Apply(call, request, joinFailed: false);
        call.AddFd(ParamNames.Fd, call.Return, info);
        AddFailure(call);
        call.AddPath(ParamNames.Name, request.Path);
        AddMode(call, request.Flags, call.UIntArg(1));
        AddFile(call);
        var layer = (ulong)(File(call).Flags & (FileFlags.UpperLayer | FileFlags.LowerLayer));
        call.Add(ParamNames.CreatFlags, (long)layer, FlagTables.Creat.Text(layer));
    }

    /// <summary>open_by_handle_at names nothing: its descriptor is looked up.</summary>
    public static void OpenByHandle(Call call)
    {
        FdInfo? info = null;
        if (!call.Failed)
        {
            call.Process.Fds.Remove(call.Return);
            info = call.Find(call.Return);
        }

        GenericCalls.Any(call);
        AddFlags(call, call.UIntArg(2), call.Event.Params.FindIndex(param => param.Name == ParamNames.Flags));
        Publish(call, info, Utf8.Empty, Utf8.Empty);
    }

    private static void AddNameAt(Call call, Request request)
    {
        var info = Apply(call, request, joinFailed: true);
        call.AddFd(ParamNames.Fd, call.Return, info);
        AddFailure(call);
        call.AddFd(ParamNames.DirFd, request.Directory);
        call.AddPath(ParamNames.Name, request.Path, request.Directory);
    }

    private static FdInfo? Apply(Call call, Request request, bool joinFailed)
    {
        var raw = request.Path.IsNull ? default : PathText.CollapseSlashes(call.Arena, request.Path);
        if (call.Failed)
        {
            var name = joinFailed || !PathText.IsAbsolute(raw) ? call.Join(request.Directory, raw) : raw;
            Publish(call, null, name, raw);
            return null;
        }

        var joined = call.Join(request.Directory, raw);
        var kind = (request.Flags & FalcoFlags.KernelDirectory) != 0 ? FdKind.Directory : FdKind.File;
        FdInfo? info;
        if (joined.IsNull)
        {
            // The path could not be read, or its directory is not known: the kernel knows where the descriptor leads.
            call.Process.Fds.Remove(call.Return);
            info = call.Find(call.Return);
        }
        else
        {
            info = call.State.Files.Named(kind, joined, raw);
            call.Process.Fds.Set(call.Return, info, (request.Flags & FalcoFlags.KernelCloseOnExec) != 0);
        }

        Publish(call, info, joined, raw);
        return info;
    }

    private static void Publish(Call call, FdInfo? info, Utf8 name, Utf8 nameRaw)
    {
        if (info is not null)
        {
            call.SetFd(call.Return, info, nameChanged: true);
        }
        else
        {
            call.SetUnknownFd(call.Failed ? -1 : call.Return, name, nameRaw);
        }
    }

    // The descriptor parameter of a failed call carries the error's name.
    private static void AddFailure(Call call)
    {
        if (call.Failed)
        {
            var parameters = call.Event.Params;
            parameters[^1] = parameters[^1] with { Resolved = Errno.Name(call.Return) };
        }
    }

    // In Falco's numbers and names, in place of those that stand there already.
    private static void AddFlags(Call call, uint kernel, int at = -1)
    {
        var flags = FalcoFlags.Open(kernel);
        var file = File(call).Flags;
        flags |= (file & FileFlags.Created) != 0 ? FalcoFlags.Created : 0;
        flags |= (file & FileFlags.UpperLayer) != 0 ? FalcoFlags.UpperLayer : 0;
        flags |= (file & FileFlags.LowerLayer) != 0 ? FalcoFlags.LowerLayer : 0;
        call.Add(ParamNames.Flags, (long)flags, FlagTables.File.Text(flags));
        if (at >= 0)
        {
            call.Event.Params[at] = call.Event.Params[^1];
            call.Event.Params.RemoveAt(call.Event.Params.Count - 1);
        }
    }

    // The mode argument means something only to a call that may create.
    private static void AddMode(Call call, uint flags, uint mode)
    {
        const uint Creates = FalcoFlags.KernelCreate | (FalcoFlags.KernelTemporaryFile & ~FalcoFlags.KernelDirectory);
        var shown = (flags & Creates) != 0 ? mode : 0;
        call.AddPrinted(ParamNames.Mode, shown, call.State.Numbers.Octal(shown));
    }

    private static void AddFile(Call call)
    {
        var file = File(call);
        call.AddPrinted(ParamNames.Dev, file.Dev, call.State.Numbers.Hex(file.Dev));
        call.Add(ParamNames.Ino, (long)file.Ino);
    }

    private static FileBlock File(Call call) => call.Record.TryBlock(BlockKind.File, out FileBlock file) ? file : default;

    private readonly record struct Request(Utf8 Path, int Directory, uint Flags);
}
