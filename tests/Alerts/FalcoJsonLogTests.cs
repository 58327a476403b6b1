namespace Syscribe.Alerts.Tests;

public sealed class FalcoJsonLogTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("syscribe-log-").FullName;

    private string File1 => Path.Combine(_folder, "alerts.json");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Lines_appear_at_the_flush_after_what_the_file_held()
    {
        File.WriteAllText(File1, "before\n");
        using var log = FalcoJsonLog.ToFile(File1);
        log.Append(Sample.Alert());
        log.Append(Sample.Alert());
        Assert.Equal("before\n", File.ReadAllText(File1));
        log.Flush();

        var lines = File.ReadAllLines(File1);
        Assert.Equal(3, lines.Length);
        Assert.All(lines[1..], line => Assert.StartsWith("{\"hostname\":\"node-1\"", line));
    }

    [Fact]
    public void After_a_reopen_lines_go_to_the_file_that_has_the_name_now()
    {
        using var log = FalcoJsonLog.ToFile(File1);
        log.Append(Sample.Alert());
        log.Flush();
        var moved = File1 + ".1";
        File.Move(File1, moved);
        log.Append(Sample.Alert());
        log.Flush();
        Assert.Equal(2, File.ReadAllLines(moved).Length);

        log.Reopen();
        log.Append(Sample.Alert());
        log.Flush();
        Assert.Single(File.ReadAllLines(File1));
        Assert.Equal(2, File.ReadAllLines(moved).Length);
    }

    [Fact]
    public void A_write_that_fails_throws_and_the_next_lines_are_written_without_the_lost_ones()
    {
        var stream = new FailingOnce();
        using var log = new FalcoJsonLog("test", () => stream);
        log.Append(Sample.Alert());
        Assert.Throws<IOException>(log.Flush);
        log.Append(Sample.Alert());
        log.Flush();

        Assert.Equal(1, stream.ToArray().Count(b => b == (byte)'\n'));
    }

    [Fact]
    public void A_file_that_cannot_be_opened_is_an_error_at_once() =>
        Assert.Contains("no-such-folder", Assert.ThrowsAny<IOException>(() => FalcoJsonLog.ToFile(Path.Combine(_folder, "no-such-folder", "x"))).Message);

    private sealed class FailingOnce : MemoryStream
    {
        private bool _failed;

        public override void Write(ReadOnlySpan<byte> buffer)
        {
            if (!_failed)
            {
                _failed = true;
                throw new IOException("disk full");
            }

            base.Write(buffer);
        }
    }
}
