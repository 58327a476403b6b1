namespace Syscribe.Training.Data;

/// <summary>Numbers behind the names of constants, in Falco's numbering, and names of errors.</summary>
internal static class FlagNames
{
    private static readonly Dictionary<string, long> Bits = new(StringComparer.Ordinal)
    {
        ["O_RDONLY"] = 1, ["O_WRONLY"] = 2, ["O_RDWR"] = 3, ["O_CREAT"] = 4, ["O_APPEND"] = 8, ["O_EXCL"] = 32, ["O_NONBLOCK"] = 64,
        ["O_SYNC"] = 128, ["O_TRUNC"] = 256, ["O_DIRECT"] = 512, ["O_DIRECTORY"] = 1024, ["O_LARGEFILE"] = 2048, ["O_CLOEXEC"] = 4096,
        ["O_TMPFILE"] = 8192, ["O_F_CREATED"] = 16384, ["FD_UPPER_LAYER"] = 32768, ["FD_LOWER_LAYER"] = 65536,
        ["S_IXOTH"] = 1, ["S_IWOTH"] = 2, ["S_IROTH"] = 4, ["S_IXGRP"] = 8, ["S_IWGRP"] = 16, ["S_IRGRP"] = 32, ["S_IXUSR"] = 64,
        ["S_IWUSR"] = 128, ["S_IRUSR"] = 256, ["S_ISVTX"] = 512, ["S_ISGID"] = 1024, ["S_ISUID"] = 2048,
    };

    private static readonly Dictionary<string, int> Errors = new(StringComparer.Ordinal)
    {
        ["EPERM"] = 1, ["ENOENT"] = 2, ["EINTR"] = 4, ["EIO"] = 5, ["ENOEXEC"] = 8, ["EBADF"] = 9, ["EAGAIN"] = 11, ["ENOMEM"] = 12, ["EACCES"] = 13,
        ["EBUSY"] = 16, ["EEXIST"] = 17, ["ENOTDIR"] = 20, ["EISDIR"] = 21, ["EINVAL"] = 22, ["EROFS"] = 30, ["ENOSYS"] = 38,
        ["ECONNREFUSED"] = 111, ["ETIMEDOUT"] = 110, ["EHOSTUNREACH"] = 113, ["EINPROGRESS"] = 115, ["EKEYREJECTED"] = 129,
    };

    private static readonly Dictionary<int, string> ErrorNames = Errors.ToDictionary(e => e.Value, e => e.Key);

    /// <summary>Errors that any call can end with.</summary>
    public static IReadOnlyList<string> CommonErrors { get; } = ["EPERM", "ENOENT", "EACCES", "EINVAL", "EROFS", "EBUSY", "EINTR", "EEXIST"];

    /// <summary>The sum of known bits; of other constants a number that is not 0.</summary>
    public static long Value(string flags) => flags.Length == 0 ? 0
        : flags.Split('|').Aggregate(0L, (sum, name) => sum | Bits.GetValueOrDefault(name, 1 << 20));

    /// <summary>The error's number, negated; null for an unknown name.</summary>
    public static long? Error(string name) => Errors.TryGetValue(name, out var number) ? -number : null;

    /// <summary>The error's name; null for an unknown number.</summary>
    public static string? Error(long result) => ErrorNames.GetValueOrDefault((int)-result);
}
