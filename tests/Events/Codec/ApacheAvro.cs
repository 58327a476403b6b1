using Avro;
using Avro.Generic;
using Avro.IO;

namespace Syscribe.Events.Tests;

/// <summary>Events through Apache.Avro's generic writer and reader, as Confluent's serializer uses them.</summary>
internal static class ApacheAvro
{
    public static RecordSchema EventSchema { get; } = (RecordSchema)Schema.Parse(Schemas.SyscallEvent);

    public static byte[] Write(SyscallEvent e)
    {
        using var stream = new MemoryStream();
        new GenericWriter<GenericRecord>(EventSchema).Write(ToRecord(e), new BinaryEncoder(stream));
        return stream.ToArray();
    }

    public static GenericRecord Read(byte[] bytes)
    {
        using var stream = new MemoryStream(bytes);
        return new GenericReader<GenericRecord>(EventSchema, EventSchema).Read(null!, new BinaryDecoder(stream));
    }

    public static GenericRecord ToRecord(SyscallEvent e) => Record(EventSchema,
        e.Type.ToString(), e.Seq, e.TimeNs, e.KtimeNs, e.Node.ToString(), e.Run, e.Cpu, e.Number,
        new GenericEnum((EnumSchema)EventSchema["abi"].Schema, ((EnumSchema)EventSchema["abi"].Schema)[(int)e.Abi]),
        e.ThreadId, e.Return, Params(e), Bytes(e.Data), e.HasFd ? ToRecord(e.Fd) : null,
        e.HasEnv ? Texts(e.Env) : null, e.Process is null ? null : ToRecord(e.Process));

    private static object[] Params(SyscallEvent e)
    {
        var schema = (RecordSchema)((ArraySchema)EventSchema["params"].Schema).ItemSchema;
        return [.. e.Params.Select(p => Record(schema, p.Name.ToString(), p.Value, Text(p.Text), Text(p.Resolved)))];
    }

    private static GenericRecord ToRecord(Fd fd)
    {
        var schema = Optional(EventSchema["fd"].Schema);
        var role = (EnumSchema)schema["role"].Schema;
        return Record(schema, fd.Num, Text(fd.Type), Text(fd.TypeChar), Text(fd.Name), Text(fd.NameRaw), Text(fd.L4Proto),
            Text(fd.Family), new GenericEnum(role, role[(int)fd.Role]), Bytes(fd.ClientIp), fd.ClientPort, Bytes(fd.ServerIp),
            fd.ServerPort, fd.ClientIsLocal, fd.Connected, fd.NameChanged);
    }

    private static GenericRecord ToRecord(ProcessInfo p)
    {
        var schema = Optional(EventSchema["process"].Schema);
        var ancestor = (RecordSchema)((ArraySchema)schema["ancestors"].Schema).ItemSchema;
        return Record(schema, p.Pid, p.VirtualPid, p.ParentPid, p.SessionId, p.VirtualProcessGroupId, p.Tty, p.Name.ToString(),
            p.Exe.ToString(), p.ExePath.ToString(), Texts(p.Args), p.Cwd.ToString(), p.UserId, p.UserName.ToString(), p.LoginUserId,
            p.LoginName.ToString(), p.GroupId, p.GroupName.ToString(), (long)p.CapPermitted, (long)p.CapEffective,
            (long)p.CapInheritable, (int)p.ExeFlags, p.ExeIno, p.ExeCtimeNs, p.ExeMtimeNs, p.StartTimeNs, p.PidnsStartNs,
            p.SessionName.ToString(), p.SessionExe.ToString(), p.SessionExePath.ToString(),
            p.Ancestors.Select(a => (object)Record(ancestor, a.Pid, a.Name.ToString(), a.Exe.ToString(), a.ExePath.ToString(), a.CommandLine.ToString())).ToArray(),
            p.ContainerId.ToString(), p.Container is null ? null : ToRecord(p.Container, Optional(schema["container"].Schema)));
    }

    private static GenericRecord ToRecord(ContainerInfo c, RecordSchema schema)
    {
        var mount = (RecordSchema)((ArraySchema)schema["mounts"].Schema).ItemSchema;
        return Record(schema, c.Name.ToString(), c.ImageRepository.ToString(), c.ImageTag.ToString(), c.ImageDigest.ToString(),
            c.ImageId.ToString(), c.Runtime.ToString(), c.Privileged, c.StartTimeNs,
            c.Mounts.Select(m => (object)Record(mount, m.Source.ToString(), m.Destination.ToString(), m.Mode.ToString(), m.Writable, m.Propagation.ToString())).ToArray(),
            c.Labels.ToDictionary(p => p.Key, p => (object)p.Value));
    }

    private static GenericRecord Record(RecordSchema schema, params object?[] values)
    {
        var record = new GenericRecord(schema);
        for (var i = 0; i < values.Length; i++)
            record.Add(i, values[i]);

        return record;
    }

    private static RecordSchema Optional(Schema union) => (RecordSchema)((UnionSchema)union)[1];

    private static string? Text(Utf8 text) => text.IsNull ? null : text.ToString();

    private static byte[]? Bytes(Utf8 bytes) => bytes.IsNull ? null : bytes.Span.ToArray();

    private static object[] Texts(IEnumerable<Utf8> texts) => [.. texts.Select(t => t.ToString())];
}
