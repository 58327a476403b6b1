using Syscribe.Events;

namespace Syscribe.Capture.State;

/// <summary>
/// An open file description, as far as events show it. Descriptors that dup and fork make share it, as they do in the
/// kernel. All but sockets are immutable.
/// </summary>
internal class FdInfo(FdKind kind, Utf8 name, Utf8 nameRaw)
{
    private static readonly Utf8 NotAvailable = Utf8.From("<NA>");
    private Utf8 _display;

    public FdKind Kind { get; protected set; } = kind;

    /// <summary>Falco <c>fd.name</c>; owned.</summary>
    public Utf8 Name { get; private set; } = name;

    /// <summary>Falco <c>fd.nameraw</c>; owned.</summary>
    public Utf8 NameRaw { get; } = nameRaw;

    /// <summary>How a parameter shows the descriptor: <c>&lt;f&gt;/path</c>. Made on first use.</summary>
    public Utf8 Display => _display.IsNull ? _display = Utf8.From($"<{Kind.Letter()}{ProtocolLetter}>").Concat(Name) : _display;

    /// <summary>Falco <c>fd.l4proto</c>.</summary>
    public virtual Utf8 L4Proto => NotAvailable;

    /// <summary>Falco <c>fd.sockfamily</c>.</summary>
    public virtual Utf8 Family => default;

    protected virtual string ProtocolLetter => "";

    /// <summary>Fills the event's descriptor, except for its number and whether its name changed.</summary>
    public virtual void Fill(Fd fd)
    {
        fd.Type = Kind.Type();
        fd.TypeChar = Kind.Letter();
        fd.Name = Name;
        fd.NameRaw = NameRaw;
        fd.L4Proto = L4Proto;
        fd.Family = Family;
    }

    protected void Rename(Utf8 name)
    {
        Name = name;
        _display = default;
    }
}

internal static class Utf8Extensions
{
    /// <summary>Both texts in a new array.</summary>
    public static Utf8 Concat(this Utf8 left, Utf8 right)
    {
        var bytes = new byte[left.Length + right.Length];
        left.Span.CopyTo(bytes);
        right.Span.CopyTo(bytes.AsSpan(left.Length));
        return new Utf8(bytes, 0, bytes.Length);
    }
}
