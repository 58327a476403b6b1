using Syscribe.Events;

namespace Syscribe.Rules.Fields;

/// <summary>What kind of call an event type is.</summary>
internal static class Categories
{
    private static readonly Dictionary<Utf8, Utf8> ByType = Build();
    private static readonly Utf8 Other = Utf8.From("other");
    private static readonly Utf8 IoRead = Utf8.From("IO-read");
    private static readonly Utf8 IoWrite = Utf8.From("IO-write");

    public static Utf8 Of(SyscallEvent e) =>
        IsRead(e.Type) ? IoRead
        : IsWrite(e.Type) ? IoWrite
        : ByType.TryGetValue(e.Type, out var category) ? category : Other;

    public static bool IsRead(Utf8 type) => type.Span is var t
        && (t.SequenceEqual("read"u8) || t.SequenceEqual("readv"u8) || t.StartsWith("pread"u8) || t.StartsWith("recv"u8));

    public static bool IsWrite(Utf8 type) => type.Span is var t
        && (t.SequenceEqual("write"u8) || t.SequenceEqual("writev"u8) || t.StartsWith("pwrite"u8)
            || (t.StartsWith("send"u8) && !t.StartsWith("sendfile"u8)));

    public static bool IsWait(Utf8 type) => type.Span is var t
        && (t.StartsWith("epoll_wait"u8) || t.StartsWith("epoll_pwait"u8) || t.SequenceEqual("poll"u8) || t.SequenceEqual("ppoll"u8)
            || t.SequenceEqual("select"u8) || t.StartsWith("pselect6"u8) || t.SequenceEqual("nanosleep"u8)
            || t.SequenceEqual("clock_nanosleep"u8) || t.StartsWith("wait"u8) || t.SequenceEqual("futex"u8));

    private static Dictionary<Utf8, Utf8> Build()
    {
        var table = new Dictionary<string, string>
        {
            ["file"] = "open openat openat2 open_by_handle_at creat close rename renameat renameat2 unlink unlinkat rmdir mkdir mkdirat link linkat symlink "
                + "symlinkat chmod fchmod fchmodat fchmodat2 chown fchown fchownat lchown stat fstat lstat newfstatat statx access faccessat faccessat2 "
                + "dup dup2 dup3 chdir fchdir getcwd truncate ftruncate fallocate mount umount umount2 getdents getdents64 readlink readlinkat chroot "
                + "pivot_root lseek fcntl ioctl fsync fdatasync sync inotify_init inotify_init1 inotify_add_watch quotactl splice tee sendfile",
            ["net"] = "socket socketpair bind connect listen accept accept4 getsockname getpeername shutdown getsockopt setsockopt",
            ["ipc"] = "pipe pipe2 eventfd eventfd2 futex msgget msgsnd msgrcv msgctl semget semop semctl shmget shmat shmdt shmctl mq_open memfd_create",
            ["memory"] = "mmap mmap2 munmap mprotect mremap brk madvise mlock mlock2 munlock mlockall munlockall msync userfaultfd process_vm_readv process_vm_writev",
            ["process"] = "execve execveat clone clone3 fork vfork exit exit_group procexit wait4 waitid prctl setpgid setsid getpid getppid gettid ptrace "
                + "setns unshare seccomp arch_prctl set_tid_address setrlimit getrlimit prlimit64 pidfd_open pidfd_getfd cgroup",
            ["signal"] = "kill tkill tgkill rt_sigaction rt_sigprocmask rt_sigreturn signalfd signalfd4 sigaltstack pause signaldeliver",
            ["user"] = "setuid setgid setreuid setregid setresuid setresgid getuid geteuid getgid getegid getresuid getresgid setgroups getgroups capset capget",
            ["time"] = "clock_gettime clock_settime gettimeofday settimeofday time timerfd_create timerfd_settime timerfd_gettime timer_create",
            ["sleep"] = "nanosleep clock_nanosleep",
            ["wait"] = "poll ppoll select pselect6 epoll_wait epoll_pwait epoll_pwait2",
            ["scheduler"] = "sched_yield sched_setaffinity sched_getaffinity sched_setscheduler setpriority getpriority",
            ["system"] = "init_module finit_module delete_module bpf perf_event_open reboot syslog uname sysinfo swapon swapoff kexec_load kexec_file_load",
            ["IO-other"] = "epoll_create epoll_create1 epoll_ctl io_uring_setup io_uring_enter io_uring_register io_setup io_submit io_getevents",
        };
        return table.SelectMany(row => row.Value.Split(' ').Select(type => (type, row.Key)))
            .DistinctBy(pair => pair.type)
            .ToDictionary(pair => Utf8.From(pair.type), pair => Utf8.From(pair.Key));
    }
}
