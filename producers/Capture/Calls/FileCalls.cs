using Syscribe.Capture.Records;
using Syscribe.Capture.Text;
using Syscribe.Events;

namespace Syscribe.Capture.Calls;

/// <summary>Calls on names in the file system, but open and its kin.</summary>
internal static class FileCalls
{
    public static void Rename(Call call)
    {
        call.AddResult();
        call.AddPath(ParamNames.OldPath, call.Record.String(0));
        call.AddPath(ParamNames.NewPath, call.Record.String(1));
    }

    public static void RenameAt(Call call)
    {
        call.AddResult();
        call.AddFd(ParamNames.OldDirFd, call.IntArg(0));
        call.AddPath(ParamNames.OldPath, call.Record.String(1), call.IntArg(0));
        call.AddFd(ParamNames.NewDirFd, call.IntArg(2));
        call.AddPath(ParamNames.NewPath, call.Record.String(3), call.IntArg(2));
    }

    public static void RenameAt2(Call call)
    {
        RenameAt(call);
        call.Add(ParamNames.Flags, call.UIntArg(4), FlagTables.Rename.Text(call.UIntArg(4)));
    }

    /// <summary>unlink and rmdir.</summary>
    public static void Unlink(Call call)
    {
        call.AddResult();
        call.AddPath(ParamNames.Path, call.Record.String(0));
    }

    public static void UnlinkAt(Call call)
    {
        call.AddResult();
        AddDirectory(call, ParamNames.DirFd, call.IntArg(0));
        call.AddPath(ParamNames.Name, call.Record.String(1), call.IntArg(0));
        call.Add(ParamNames.Flags, call.UIntArg(2), FlagTables.Unlink.Text(call.UIntArg(2)));
    }

    public static void MakeDirectory(Call call)
    {
        call.AddResult();
        call.AddPath(ParamNames.Path, call.Record.String(0));
        call.AddPrinted(ParamNames.Mode, call.UIntArg(1), call.State.Numbers.Hex(call.UIntArg(1)));
    }

    public static void MakeDirectoryAt(Call call)
    {
        call.AddResult();
        AddDirectory(call, ParamNames.DirFd, call.IntArg(0));
        call.AddPath(ParamNames.Path, call.Record.String(1), call.IntArg(0));
        call.AddPrinted(ParamNames.Mode, call.UIntArg(2), call.State.Numbers.Hex(call.UIntArg(2)));
    }

    public static void SymbolicLink(Call call)
    {
        call.AddResult();
        AddTarget(call);
        call.AddPath(ParamNames.LinkPath, call.Record.String(1));
    }

    public static void SymbolicLinkAt(Call call)
    {
        call.AddResult();
        AddTarget(call);
        AddDirectory(call, ParamNames.LinkDirFd, call.IntArg(1));
        call.AddPath(ParamNames.LinkPath, call.Record.String(2), call.IntArg(1));
    }

    public static void Link(Call call)
    {
        call.AddResult();
        call.AddPath(ParamNames.OldPath, call.Record.String(0));
        call.AddPath(ParamNames.NewPath, call.Record.String(1));
    }

    public static void LinkAt(Call call)
    {
        call.AddResult();
        call.AddFd(ParamNames.OldDir, call.IntArg(0));
        call.AddPath(ParamNames.OldPath, call.Record.String(1), call.IntArg(0));
        call.AddFd(ParamNames.NewDir, call.IntArg(2));
        call.AddPath(ParamNames.NewPath, call.Record.String(3), call.IntArg(2));
        call.Add(ParamNames.Flags, call.UIntArg(4), FlagTables.Link.Text(call.UIntArg(4)));
    }

    public static void ChangeMode(Call call)
    {
        call.AddResult();
        call.AddPath(ParamNames.FileName, call.Record.String(0));
        AddMode(call, call.UIntArg(1));
    }

    public static void ChangeModeAt(Call call)
    {
        call.AddResult();
        AddDirectory(call, ParamNames.DirFd, call.IntArg(0));
        call.AddPath(ParamNames.FileName, call.Record.String(1), call.IntArg(0));
        AddMode(call, call.UIntArg(2));
    }

    public static void ChangeModeOfFd(Call call)
    {
        call.AddResult();
        AddDescriptor(call, ParamNames.Fd, call.IntArg(0));
        AddMode(call, call.UIntArg(1));
    }

    /// <summary>chdir, fchdir, chroot, pivot_root: the kernel says where the process is now.</summary>
    public static void ChangeDirectory(Call call)
    {
        var cwd = call.Record.Bytes(BlockKind.Cwd);
        if (!call.Failed && !cwd.IsNull)
        {
            call.Process.Cwd = call.State.Texts.Intern(PathText.WithTrailingSlash(call.Arena, cwd));
            call.Process.Dirty = true;
        }

        GenericCalls.Any(call);
    }

    /// <summary>A parameter for a descriptor that is also the event's.</summary>
    internal static void AddDescriptor(Call call, Utf8 name, int number)
    {
        call.AddFd(name, number);
        var info = number < 0 || call.Return == Errno.BadDescriptor ? call.Process.Fds[number] : call.Find(number);
        call.SetFd(number, info);
    }

    private static void AddDirectory(Call call, Utf8 name, int number) => AddDescriptor(call, name, number);

    private static void AddTarget(Call call)
    {
        var target = call.Record.String(0);
        call.AddText(ParamNames.Target, target.IsNull ? Call.Null : target);
    }

    private static void AddMode(Call call, uint mode)
    {
        const uint Permissions = 0xfff;
        mode &= Permissions;
        call.AddPrinted(ParamNames.Mode, mode, call.State.Numbers.Octal(mode), FlagTables.Mode.Text(mode));
    }
}
