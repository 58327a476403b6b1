using Syscribe.Events;

namespace Syscribe.Kernel.Tests;

/// <summary>An event, copied out of the session.</summary>
internal sealed class SeenEvent
{
    public SeenEvent(SyscallEvent seen)
    {
        Type = seen.Type.ToString();
        Number = seen.Number;
        Abi = seen.Abi;
        Tid = (int)seen.ThreadId;
        Return = seen.Return;
        TimeNs = seen.TimeNs;
        Seq = seen.Seq;
        Params = [.. seen.Params.Select(param => new SeenParam(
            param.Name.ToString(), param.Value, Text(param.Text), Text(param.Resolved)))];
        Data = Text(seen.Data);
        Fd = seen.HasFd ? new SeenFd(seen.Fd) : null;
        Env = seen.HasEnv ? [.. seen.Env.Select(text => text.ToString())] : null;
        Process = seen.Process!;
    }

    public string Type { get; }

    public int Number { get; }

    public Abi Abi { get; }

    public int Tid { get; }

    public long? Return { get; }

    public long TimeNs { get; }

    public long Seq { get; }

    public IReadOnlyList<SeenParam> Params { get; }

    public string? Data { get; }

    public SeenFd? Fd { get; }

    public IReadOnlyList<string>? Env { get; }

    public ProcessInfo Process { get; }

    /// <summary>A parameter as Falco's evt.args shows it: raw, then the meaning in parentheses.</summary>
    public string this[string name] => Params.Single(param => param.Name == name).ToString();

    /// <summary>All parameters as Falco's evt.args shows them.</summary>
    public string Args => string.Join(' ', Params.Select(param => $"{param.Name}={param}"));

    public override string ToString() => $"{Type} = {Return} {Args}";

    private static string? Text(Utf8 text) => text.IsNull ? null : text.ToString();

    internal sealed record SeenParam(string Name, long? Value, string? Text, string? Resolved)
    {
        public override string ToString() => (Text ?? Value?.ToString() ?? "null") + (Resolved is null ? "" : $"({Resolved})");
    }

    internal sealed class SeenFd(Fd fd)
    {
        public long Num { get; } = fd.Num;

        public string? Type { get; } = Text(fd.Type);

        public string? TypeChar { get; } = Text(fd.TypeChar);

        public string? Name { get; } = Text(fd.Name);

        public string? NameRaw { get; } = Text(fd.NameRaw);

        public string? L4Proto { get; } = Text(fd.L4Proto);

        public string? Family { get; } = Text(fd.Family);

        public SocketRole Role { get; } = fd.Role;

        public string? ClientIp { get; } = Ip(fd.ClientIp);

        public int? ClientPort { get; } = fd.ClientPort;

        public string? ServerIp { get; } = Ip(fd.ServerIp);

        public int? ServerPort { get; } = fd.ServerPort;

        public bool? ClientIsLocal { get; } = fd.ClientIsLocal;

        public bool Connected { get; } = fd.Connected;

        public bool NameChanged { get; } = fd.NameChanged;

        private static string? Ip(Utf8 address) => address.IsNull ? null : new System.Net.IPAddress(address.Span).ToString();
    }
}
