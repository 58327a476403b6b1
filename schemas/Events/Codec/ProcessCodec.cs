namespace Syscribe.Events;

/// <summary>The process part of an event, which is last in the schema: union branch, then the record.</summary>
internal static class ProcessCodec
{
    private const int AncestorLeastBytes = 5;
    private const int MountLeastBytes = 5;
    private const int LabelLeastBytes = 2;

    public static byte[] Encode(ProcessInfo process)
    {
        var writer = new AvroWriter(new byte[1024], 0);
        writer.Present(true);
        WriteProcess(ref writer, process);
        return writer.Buffer.AsSpan(0, writer.Position).ToArray();
    }

    /// <summary>Reads the record after the union branch; texts are slices of the reader's array.</summary>
    public static ProcessInfo Read(ref AvroReader reader) => new()
    {
        Pid = reader.Long("process.pid"),
        VirtualPid = reader.Long("process.vpid"),
        ParentPid = reader.Long("process.ppid"),
        SessionId = reader.Long("process.sid"),
        VirtualProcessGroupId = reader.Long("process.vpgid"),
        Tty = reader.Long("process.tty"),
        Name = reader.Bytes("process.name"),
        Exe = reader.Bytes("process.exe"),
        ExePath = reader.Bytes("process.exePath"),
        Args = ReadTexts(ref reader, "process.args"),
        Cwd = reader.Bytes("process.cwd"),
        UserId = reader.Long("process.uid"),
        UserName = reader.Bytes("process.userName"),
        LoginUserId = reader.Long("process.loginUid"),
        LoginName = reader.Bytes("process.loginName"),
        GroupId = reader.Long("process.gid"),
        GroupName = reader.Bytes("process.groupName"),
        CapPermitted = (ulong)reader.Long("process.capPermitted"),
        CapEffective = (ulong)reader.Long("process.capEffective"),
        CapInheritable = (ulong)reader.Long("process.capInheritable"),
        ExeFlags = (ExeFlags)reader.Int("process.exeFlags"),
        ExeIno = reader.Long("process.exeIno"),
        ExeCtimeNs = reader.Long("process.exeCtimeNs"),
        ExeMtimeNs = reader.Long("process.exeMtimeNs"),
        StartTimeNs = reader.Long("process.startTimeNs"),
        PidnsStartNs = reader.Long("process.pidnsStartNs"),
        SessionName = reader.Bytes("process.sessionName"),
        SessionExe = reader.Bytes("process.sessionExe"),
        SessionExePath = reader.Bytes("process.sessionExePath"),
        Ancestors = ReadAncestors(ref reader),
        ContainerId = reader.Bytes("process.containerId"),
        Container = reader.Present("process.container") ? ReadContainer(ref reader) : null,
    };

    /// <summary>Moves past the record after the union branch without keeping anything, to learn where it ends.</summary>
    public static void Skip(ref AvroReader reader)
    {
        SkipNumbers(ref reader, 6, "process.pid");
        SkipTexts(ref reader, 3, "process.name");
        SkipBlocks(ref reader, "process.args", numbers: 0, texts: 1);
        SkipTexts(ref reader, 1, "process.cwd");
        for (var i = 0; i < 3; i++)
        {
            SkipNumbers(ref reader, 1, "process.uid");
            SkipTexts(ref reader, 1, "process.userName");
        }

        SkipNumbers(ref reader, 9, "process.capPermitted");
        SkipTexts(ref reader, 3, "process.sessionName");
        SkipBlocks(ref reader, "process.ancestors", numbers: 1, texts: 4);
        SkipTexts(ref reader, 1, "process.containerId");
        if (!reader.Present("process.container"))
            return;

        SkipTexts(ref reader, 6, "process.container.name");
        reader.NullableBool("process.container.privileged");
        SkipNumbers(ref reader, 1, "process.container.startTimeNs");
        ReadMounts(ref reader);
        SkipBlocks(ref reader, "process.container.labels", numbers: 0, texts: 2);
    }

    private static void WriteProcess(ref AvroWriter writer, ProcessInfo process)
    {
        writer.Long(process.Pid);
        writer.Long(process.VirtualPid);
        writer.Long(process.ParentPid);
        writer.Long(process.SessionId);
        writer.Long(process.VirtualProcessGroupId);
        writer.Long(process.Tty);
        writer.String(process.Name);
        writer.String(process.Exe);
        writer.String(process.ExePath);
        writer.Strings(process.Args);
        writer.String(process.Cwd);
        writer.Long(process.UserId);
        writer.String(process.UserName);
        writer.Long(process.LoginUserId);
        writer.String(process.LoginName);
        writer.Long(process.GroupId);
        writer.String(process.GroupName);
        writer.Long((long)process.CapPermitted);
        writer.Long((long)process.CapEffective);
        writer.Long((long)process.CapInheritable);
        writer.Long((int)process.ExeFlags);
        writer.Long(process.ExeIno);
        writer.Long(process.ExeCtimeNs);
        writer.Long(process.ExeMtimeNs);
        writer.Long(process.StartTimeNs);
        writer.Long(process.PidnsStartNs);
        writer.String(process.SessionName);
        writer.String(process.SessionExe);
        writer.String(process.SessionExePath);
        WriteAncestors(ref writer, process.Ancestors);
        writer.String(process.ContainerId);
        if (writer.Present(process.Container is not null))
            WriteContainer(ref writer, process.Container!); // not null: Present gives its argument back
    }

    private static void WriteAncestors(ref AvroWriter writer, IReadOnlyList<Ancestor> ancestors)
    {
        if (!writer.StartItems(ancestors.Count))
            return;

        foreach (var ancestor in ancestors)
        {
            writer.Long(ancestor.Pid);
            writer.String(ancestor.Name);
            writer.String(ancestor.Exe);
            writer.String(ancestor.ExePath);
            writer.String(ancestor.CommandLine);
        }

        writer.EndItems();
    }

    private static void WriteContainer(ref AvroWriter writer, ContainerInfo container)
    {
        writer.String(container.Name);
        writer.String(container.ImageRepository);
        writer.String(container.ImageTag);
        writer.String(container.ImageDigest);
        writer.String(container.ImageId);
        writer.String(container.Runtime);
        writer.NullableBool(container.Privileged);
        writer.Long(container.StartTimeNs);
        if (writer.StartItems(container.Mounts.Count))
        {
            foreach (var mount in container.Mounts)
                WriteMount(ref writer, mount);

            writer.EndItems();
        }

        if (writer.StartItems(container.Labels.Count))
        {
            foreach (var (name, value) in container.Labels)
            {
                writer.String(name);
                writer.String(value);
            }

            writer.EndItems();
        }
    }

    private static void WriteMount(ref AvroWriter writer, Mount mount)
    {
        writer.String(mount.Source);
        writer.String(mount.Destination);
        writer.String(mount.Mode);
        writer.Bool(mount.Writable);
        writer.String(mount.Propagation);
    }

    private static void SkipNumbers(ref AvroReader reader, int count, string field)
    {
        for (var i = 0; i < count; i++)
            reader.Long(field);
    }

    private static void SkipTexts(ref AvroReader reader, int count, string field)
    {
        for (var i = 0; i < count; i++)
            reader.Bytes(field);
    }

    private static void SkipBlocks(ref AvroReader reader, string field, int numbers, int texts)
    {
        while (reader.NextBlock(field, numbers + texts, out var block))
        {
            for (var i = 0; i < block.Count; i++)
            {
                SkipNumbers(ref reader, numbers, field);
                SkipTexts(ref reader, texts, field);
            }

            reader.EndBlock(block, field);
        }
    }

    private static IReadOnlyList<Utf8> ReadTexts(ref AvroReader reader, string field)
    {
        List<Utf8>? texts = null;
        while (reader.NextBlock(field, 1, out var block))
        {
            texts ??= new List<Utf8>(Math.Min(block.Count, 64));
            for (var i = 0; i < block.Count; i++)
                texts.Add(reader.Bytes(field));

            reader.EndBlock(block, field);
        }

        return texts is null ? [] : texts;
    }

    private static IReadOnlyList<Ancestor> ReadAncestors(ref AvroReader reader)
    {
        List<Ancestor>? ancestors = null;
        while (reader.NextBlock("process.ancestors", AncestorLeastBytes, out var block))
        {
            ancestors ??= new List<Ancestor>(Math.Min(block.Count, 16));
            for (var i = 0; i < block.Count; i++)
            {
                ancestors.Add(new Ancestor(
                    reader.Long("process.ancestors.pid"),
                    reader.Bytes("process.ancestors.name"),
                    reader.Bytes("process.ancestors.exe"),
                    reader.Bytes("process.ancestors.exePath"),
                    reader.Bytes("process.ancestors.cmdline")));
            }

            reader.EndBlock(block, "process.ancestors");
        }

        return ancestors is null ? [] : ancestors;
    }

    private static ContainerInfo ReadContainer(ref AvroReader reader) => new()
    {
        Name = reader.Bytes("process.container.name"),
        ImageRepository = reader.Bytes("process.container.imageRepository"),
        ImageTag = reader.Bytes("process.container.imageTag"),
        ImageDigest = reader.Bytes("process.container.imageDigest"),
        ImageId = reader.Bytes("process.container.imageId"),
        Runtime = reader.Bytes("process.container.runtime"),
        Privileged = reader.NullableBool("process.container.privileged"),
        StartTimeNs = reader.Long("process.container.startTimeNs"),
        Mounts = ReadMounts(ref reader),
        Labels = ReadLabels(ref reader),
    };

    private static List<Mount> ReadMounts(ref AvroReader reader)
    {
        var mounts = new List<Mount>();
        while (reader.NextBlock("process.container.mounts", MountLeastBytes, out var block))
        {
            for (var i = 0; i < block.Count; i++)
            {
                mounts.Add(new Mount(
                    reader.Bytes("process.container.mounts.source"),
                    reader.Bytes("process.container.mounts.destination"),
                    reader.Bytes("process.container.mounts.mode"),
                    reader.Bool("process.container.mounts.writable"),
                    reader.Bytes("process.container.mounts.propagation")));
            }

            reader.EndBlock(block, "process.container.mounts");
        }

        return mounts;
    }

    private static Dictionary<string, string> ReadLabels(ref AvroReader reader)
    {
        var labels = new Dictionary<string, string>(StringComparer.Ordinal);
        while (reader.NextBlock("process.container.labels", LabelLeastBytes, out var block))
        {
            for (var i = 0; i < block.Count; i++)
            {
                var name = reader.Bytes("process.container.labels").ToString();
                labels[name] = reader.Bytes("process.container.labels").ToString();
            }

            reader.EndBlock(block, "process.container.labels");
        }

        return labels;
    }
}
