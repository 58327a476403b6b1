using System.Globalization;

namespace Syscribe.Kernel.Tests;

/// <summary>Device (hexadecimal, as events print it) and inode number of a file.</summary>
internal static class Inode
{
    public static (string Dev, ulong Ino) Of(string path)
    {
        const int Stat = 4;
        var buffer = new ulong[18];
        Assert.Equal(0, Sys.Call(Stat, path, buffer));
        return (buffer[0].ToString("X", CultureInfo.InvariantCulture), buffer[1]);
    }
}
