using System.Globalization;
using System.Text;

namespace Syscribe.Inference.Tests.Support;

/// <summary>Reads a rendered event back, strictly: written from the form's description and not from its writer.</summary>
internal static class RenderedLine
{
    public static OrderedDictionary<string, byte[]> Parse(string line) => Parse(line, out _);

    public static OrderedDictionary<string, byte[]> Parse(string line, out List<string> cut)
    {
        cut = [];
        var fields = new OrderedDictionary<string, byte[]>();
        for (var at = 0; at < line.Length;)
        {
            if (at > 0)
            {
                Assert.Equal(' ', line[at++]);
            }

            var end = line.IndexOf('=', at);
            var key = line[at..end];
            Assert.Matches("^[a-z0-9]+$", key);
            at = end + 1;
            var value = new List<byte>();
            if (line[at] == '"')
            {
                at = Quoted(line, at, value);
                if (at < line.Length && line[at] == '~')
                {
                    cut.Add(key);
                    at = Quoted(line, at + 1, value);
                }
            }
            else
            {
                end = line.IndexOf(' ', at);
                end = end < 0 ? line.Length : end;
                Assert.Matches("^[A-Za-z0-9/._:,+@%|-]+$", line[at..end]);
                value.AddRange(Encoding.ASCII.GetBytes(line[at..end]));
                at = end;
            }

            Assert.True(fields.TryAdd(key, [.. value]), $"{key} comes twice");
        }

        return fields;
    }

    private static int Quoted(string line, int at, List<byte> value)
    {
        Assert.Equal('"', line[at++]);
        for (; line[at] != '"'; at++)
        {
            Assert.InRange(line[at], ' ', '~');
            if (line[at] != '\\')
            {
                value.Add((byte)line[at]);
                continue;
            }

            Assert.Equal('x', line[at + 1]);
            value.Add(byte.Parse(line.AsSpan(at + 2, 2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture));
            at += 3;
        }

        return at + 1;
    }
}
