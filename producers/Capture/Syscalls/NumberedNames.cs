using System.Globalization;

namespace Syscribe.Capture.Syscalls;

/// <summary>The lists of names by number that are embedded in the assembly: one <c>NUMBER NAME</c> a line.</summary>
internal static class NumberedNames
{
    /// <summary>Names by number; null where a number is not in use.</summary>
    public static string?[] Read(string list)
    {
        using var stream = typeof(NumberedNames).Assembly.GetManifestResourceStream(list)
            ?? throw new InvalidOperationException($"The assembly lacks its list of system calls \"{list}\".");
        using var reader = new StreamReader(stream);
        var names = new string?[SyscallTable.CompatBase];
        while (reader.ReadLine() is { } line)
        {
            if (line.Split(' ') is [var number, var name])
            {
                names[int.Parse(number, CultureInfo.InvariantCulture)] = name;
            }
        }

        return names;
    }
}
