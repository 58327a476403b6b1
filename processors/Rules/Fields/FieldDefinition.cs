using Syscribe.Events;

namespace Syscribe.Rules.Fields;

/// <summary>Short forms in which the tables of fields are written.</summary>
internal static class FieldDefinition
{
    public static Field Text(string name, string description, Field.TextReader? read, ArgumentRule argument = ArgumentRule.None) =>
        new() { Name = name, Type = FieldType.Text, Description = description, ReadText = read, Argument = argument };

    public static Field Number(
        string name, FieldType type, string description, Field.NumberReader? read, ArgumentRule argument = ArgumentRule.None) =>
        new() { Name = name, Type = type, Description = description, ReadNumber = read, Argument = argument };

    public static Field Flag(string name, string description, Field.NumberReader? read) =>
        Number(name, FieldType.Bool, description, read);

    public static Field Address(string name, string description, Field.TextReader read, FieldType type = FieldType.Ip) => new()
    {
        Name = name,
        Type = type,
        Description = description,
        ReadAddress = read,
        ReadText = (SyscallFields s, FieldRef f, out Utf8 v) =>
        {
            v = read(s, f, out var address) ? Addresses.Format(address, s.Scratch) : default;
            return !v.IsNull;
        },
    };

    public static bool Set(Utf8 from, out Utf8 to)
    {
        to = from;
        return !from.IsNull;
    }

    public static bool Set(long from, out long to)
    {
        to = from;
        return true;
    }

    public static bool Set(bool from, out long to)
    {
        to = from ? 1 : 0;
        return true;
    }
}
