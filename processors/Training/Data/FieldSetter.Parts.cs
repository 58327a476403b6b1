namespace Syscribe.Training.Data;

/// <content>What takes more than one part of a draft.</content>
internal sealed partial class FieldSetter
{
    private void SetAncestor(Draft d, int index, string name)
    {
        while (d.Ancestors.Count <= index)
        {
            d.Ancestors.Add(background.NewAncestor(Words.Program()));
        }

        d.Ancestors[index] = background.NewAncestor(name);
    }

    private void SetExePath(Draft d, string path)
    {
        path = path.EndsWith("/busybox", StringComparison.Ordinal) && Words.Chance(0.7) ? Words.Pick(["/bin/busybox", "/usr/bin/busybox"]) : path;
        var name = path[(path.LastIndexOf('/') + 1)..];
        d.ExePath = path;
        if (name.Length > 0 && !path.EndsWith("/busybox", StringComparison.Ordinal) && !path.StartsWith("memfd:", StringComparison.Ordinal))
        {
            d.Name = name.Length <= 15 ? name : name[..15];
            var isRelative = Words.Chance(0.3);
            d.Exe = isRelative ? $"./{name}" : path;
            d.Cwd = isRelative ? path[..(path.LastIndexOf('/') + 1)] : d.Cwd;
        }
        else
        {
            d.Name = Words.Chance(0.5) ? "busybox" : "exe";
            d.Exe = Words.Pick(["ls", "ps", "mount", "busybox", "/bin/busybox"]);
        }
    }

    private void SetEnvironment(Draft d, string value)
    {
        // A variable to the end, as the condition's part stands in it.
        var start = value.IndexOfAny(['L', 'G']);
        var text = start < 0 ? value : value[start..];
        var at = new[] { "LD_PRELOAD", "LD_AUDIT", "GLIBC_TUNABLES", "LD_LIBRARY_PATH" }.Select(n => value.IndexOf(n, StringComparison.Ordinal)).Where(i => i >= 0).DefaultIfEmpty(-1).Min();
        text = (at < 0 ? text : value[at..]).Split(' ')[0];
        d.Env = [.. d.Env.Where(v => !text.StartsWith(v.Split('=')[0] + "=", StringComparison.Ordinal)), text];
        if (text.EndsWith('/'))
        {
            d.Env[^1] += Words.Word() + ".so";
        }
    }

    private bool SetResult(Draft d, string value)
    {
        d.Return = value == "SUCCESS" ? 0 : FlagNames.Error(value);
        if (d.Return is null)
        {
            d.Return = FlagNames.Error(Words.Pick(FlagNames.CommonErrors));
        }

        return true;
    }

    private void SetFdType(Draft d, string type)
    {
        d.FdType = type;
        if (type is not ("ipv4" or "ipv6"))
        {
            d.ServerIp = CallFamilies.Of(d.Call)?.Name == "connect" ? d.ServerIp : null;
            return;
        }

        if (d.ServerIp is null || d.ServerIp.Length == 16 != (type == "ipv6"))
        {
            do
            {
                d.ServerIp = background.NewAddress();
            }
            while (d.ServerIp.Length == 16 != (type == "ipv6"));
            d.ServerPort = background.NewPort();
        }

        d.Path = null;
        Background.SetClient(d);
    }
}
