using Syscribe.Events;

namespace Syscribe.Capture.Syscalls;

/// <summary>
/// Arguments of the calls that take paths or that Falco's rules read, for kernels without tracefs and for calls that a
/// kernel does not describe (module loading without module support). Names are the kernel's.
/// </summary>
internal static class BuiltInArgs
{
    // NAME:ROLE; roles: d directory descriptor, f descriptor, p path, t text, a socket address in, n number, i int, u unsigned int.
    private const string Descriptions = """
        open filename:p flags:i mode:u
        openat dfd:d filename:p flags:i mode:u
        openat2 dfd:d filename:p how:n usize:n
        creat pathname:p mode:u
        read fd:f buf:n count:n
        write fd:f buf:n count:n
        close fd:f
        stat filename:p statbuf:n
        lstat filename:p statbuf:n
        newfstatat dfd:d filename:p statbuf:n flag:i
        statx dfd:d filename:p flags:u mask:u buffer:n
        access filename:p mode:i
        faccessat dfd:d filename:p mode:i
        faccessat2 dfd:d filename:p mode:i flags:i
        execve filename:p argv:n envp:n
        execveat fd:d filename:p argv:n envp:n flags:i
        rename oldname:p newname:p
        renameat olddfd:d oldname:p newdfd:d newname:p
        renameat2 olddfd:d oldname:p newdfd:d newname:p flags:u
        unlink pathname:p
        unlinkat dfd:d pathname:p flag:i
        rmdir pathname:p
        mkdir pathname:p mode:u
        mkdirat dfd:d pathname:p mode:u
        symlink oldname:t newname:p
        symlinkat oldname:t newdfd:d newname:p
        link oldname:p newname:p
        linkat olddfd:d oldname:p newdfd:d newname:p flags:i
        readlink path:p buf:n bufsiz:i
        readlinkat dfd:d pathname:p buf:n bufsiz:i
        chmod filename:p mode:u
        fchmod fd:f mode:u
        fchmodat dfd:d filename:p mode:u
        fchmodat2 dfd:d filename:p mode:u flags:u
        chown filename:p user:u group:u
        lchown filename:p user:u group:u
        fchownat dfd:d filename:p user:u group:u flag:i
        chdir filename:p
        chroot filename:p
        fchdir fd:f
        truncate path:p length:n
        mknod filename:p mode:u dev:u
        mknodat dfd:d filename:p mode:u dev:u
        mount dev_name:t dir_name:p type:t flags:n data:n
        umount2 name:p flags:i
        pivot_root new_root:p put_old:p
        swapon specialfile:p swap_flags:i
        swapoff specialfile:p
        init_module umod:n len:n uargs:t
        finit_module fd:f uargs:t flags:i
        delete_module name_user:t flags:u
        memfd_create uname:t flags:u
        setxattr pathname:p name:t value:n size:n flags:i
        bind fd:f umyaddr:a addrlen:i
        connect fd:f uservaddr:a addrlen:i
        sendto fd:f buff:n len:n flags:u addr:a addr_len:i
        recvfrom fd:f ubuf:n size:n flags:u addr:a addr_len:n
        sendmsg fd:f msg:n flags:u
        recvmsg fd:f msg:n flags:u
        """;

    private static readonly Lazy<Dictionary<string, SyscallArg[]>> Calls = new(Parse);

    /// <summary>Null for a call that the list lacks.</summary>
    public static SyscallArg[]? Of(string? name) => name is null ? null : Calls.Value.GetValueOrDefault(name);

    private static Dictionary<string, SyscallArg[]> Parse() => Descriptions
        .Split('\n')
        .Select(line => line.Split(' '))
        .ToDictionary(words => words[0], words => words.Skip(1).Select(Argument).ToArray());

    private static SyscallArg Argument(string word)
    {
        var name = Utf8.From(word[..^2]);
        return word[^1] switch
        {
            'd' => new SyscallArg(name, ArgKind.Number, ArgWidth.Int, ArgRole.Directory),
            'f' => new SyscallArg(name, ArgKind.Number, ArgWidth.Int, ArgRole.Descriptor),
            'p' => new SyscallArg(name, ArgKind.String, ArgWidth.Word, ArgRole.Path),
            't' => new SyscallArg(name, ArgKind.String, ArgWidth.Word, ArgRole.Text),
            'a' => new SyscallArg(name, ArgKind.Sockaddr, ArgWidth.Word, ArgRole.Plain),
            'i' => new SyscallArg(name, ArgKind.Number, ArgWidth.Int, ArgRole.Plain),
            'u' => new SyscallArg(name, ArgKind.Number, ArgWidth.UInt, ArgRole.Plain),
            _ => new SyscallArg(name, ArgKind.Number, ArgWidth.Word, ArgRole.Plain),
        };
    }
}
