using System.Text;

namespace Syscribe.Events;

/// <summary>The Avro schemas of <c>schemas/avro</c> as this build carries them, JSON text.</summary>
public static class Schemas
{
    /// <summary><c>syscall-event.avsc</c></summary>
    public static string SyscallEvent { get; } = Read("syscall-event.avsc");

    /// <summary><c>alert.avsc</c></summary>
    public static string Alert { get; } = Read("alert.avsc");

    /// <summary><c>dead-letter.avsc</c></summary>
    public static string DeadLetter { get; } = Read("dead-letter.avsc");

    private static string Read(string name)
    {
        using var stream = typeof(Schemas).Assembly.GetManifestResourceStream(name)
            ?? throw new InvalidOperationException($"schema {name} is not embedded in {typeof(Schemas).Assembly.GetName().Name}");
        using var reader = new StreamReader(stream, Encoding.UTF8);
        return reader.ReadToEnd();
    }
}
