using Syscribe.Events;

namespace Syscribe.Capture.Text;

/// <summary>Names of error numbers (asm-generic/errno.h, which x86 and arm64 use).</summary>
internal static class Errno
{
    public const long NoEntry = -2;
    public const long BadDescriptor = -9;
    public const long InProgress = -115;

    // Index = number. 41 and 58 are not in use.
    private static readonly Utf8[] Names = Encode(
    [
        "", "EPERM", "ENOENT", "ESRCH", "EINTR", "EIO", "ENXIO", "E2BIG", "ENOEXEC", "EBADF", "ECHILD", "EAGAIN",
        "ENOMEM", "EACCES", "EFAULT", "ENOTBLK", "EBUSY", "EEXIST", "EXDEV", "ENODEV", "ENOTDIR", "EISDIR",
        "EINVAL", "ENFILE", "EMFILE", "ENOTTY", "ETXTBSY", "EFBIG", "ENOSPC", "ESPIPE", "EROFS", "EMLINK", "EPIPE",
        "EDOM", "ERANGE", "EDEADLK", "ENAMETOOLONG", "ENOLCK", "ENOSYS", "ENOTEMPTY", "ELOOP", "", "ENOMSG",
        "EIDRM", "ECHRNG", "EL2NSYNC", "EL3HLT", "EL3RST", "ELNRNG", "EUNATCH", "ENOCSI", "EL2HLT", "EBADE",
        "EBADR", "EXFULL", "ENOANO", "EBADRQC", "EBADSLT", "", "EBFONT", "ENOSTR", "ENODATA", "ETIME", "ENOSR",
        "ENONET", "ENOPKG", "EREMOTE", "ENOLINK", "EADV", "ESRMNT", "ECOMM", "EPROTO", "EMULTIHOP", "EDOTDOT",
        "EBADMSG", "EOVERFLOW", "ENOTUNIQ", "EBADFD", "EREMCHG", "ELIBACC", "ELIBBAD", "ELIBSCN", "ELIBMAX",
        "ELIBEXEC", "EILSEQ", "ERESTART", "ESTRPIPE", "EUSERS", "ENOTSOCK", "EDESTADDRREQ", "EMSGSIZE",
        "EPROTOTYPE", "ENOPROTOOPT", "EPROTONOSUPPORT", "ESOCKTNOSUPPORT", "EOPNOTSUPP", "EPFNOSUPPORT",
        "EAFNOSUPPORT", "EADDRINUSE", "EADDRNOTAVAIL", "ENETDOWN", "ENETUNREACH", "ENETRESET", "ECONNABORTED",
        "ECONNRESET", "ENOBUFS", "EISCONN", "ENOTCONN", "ESHUTDOWN", "ETOOMANYREFS", "ETIMEDOUT", "ECONNREFUSED",
        "EHOSTDOWN", "EHOSTUNREACH", "EALREADY", "EINPROGRESS", "ESTALE", "EUCLEAN", "ENOTNAM", "ENAVAIL",
        "EISNAM", "EREMOTEIO", "EDQUOT", "ENOMEDIUM", "EMEDIUMTYPE", "ECANCELED", "ENOKEY", "EKEYEXPIRED",
        "EKEYREVOKED", "EKEYREJECTED", "EOWNERDEAD", "ENOTRECOVERABLE", "ERFKILL", "EHWPOISON",
    ]);

    // Seen by tracers only: a call that is restarted after a signal.
    private static readonly Dictionary<long, Utf8> Restarts = new()
    {
        [512] = Utf8.From("ERESTARTSYS"),
        [513] = Utf8.From("ERESTARTNOINTR"),
        [514] = Utf8.From("ERESTARTNOHAND"),
        [516] = Utf8.From("ERESTART_RESTARTBLOCK"),
    };

    /// <summary>The name of a negated error number; null for 0, results and unknown numbers.</summary>
    public static Utf8 Name(long result)
    {
        if (result >= 0)
        {
            return default;
        }

        var number = -result;
        return (ulong)number < (ulong)Names.Length ? Names[number] : Restarts.GetValueOrDefault(number);
    }

    private static Utf8[] Encode(string[] names) => [.. names.Select(name => name.Length == 0 ? default : Utf8.From(name))];
}
