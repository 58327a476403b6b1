using FsCheck;
using FsCheck.Fluent;
using Syscribe.Capture.State;
using Syscribe.Events;

namespace Syscribe.Capture.Tests;

public sealed class FdTests
{
    private const int Read = 0;
    private const int Close = 3;
    private const int Dup2 = 33;
    private const int Fcntl = 72;
    private const int OpenAt = 257;
    private const int CloseRange = 436;
    private const int CloseOnExec = 0x80000;

    [Fact]
    public void A_forks_descriptors_are_its_own()
    {
        var machine = new Machine();
        machine.Event(Open(3, "/a"));
        machine.Apply(Machine.Fork(100, 200));
        machine.Event(In(200, Open(3, "/b")));
        machine.Event(In(200, new RecordBuilder(Close).Args(9)));

        Assert.Equal("/a", Name(machine, 100, 3));
        Assert.Equal("/b", Name(machine, 200, 3));
    }

    [Fact]
    public void Clone_files_shares_descriptors_until_exec()
    {
        const ulong CloneFiles = 0x400;
        var machine = new Machine();
        machine.Apply(Machine.Fork(100, 200, CloneFiles));
        machine.Event(In(200, Open(3, "/a")));
        Assert.Equal("/a", Name(machine, 100, 3));

        machine.Event(Machine.Exec(200, 100, "x", "/x", "x\0"));
        machine.Event(In(200, Open(4, "/b")));
        Assert.Equal("/a", Name(machine, 200, 3));
        Assert.Equal("", Name(machine, 100, 4));
    }

    [Fact]
    public void Exec_drops_what_is_close_on_exec_in_that_process_only()
    {
        var machine = new Machine();
        machine.Event(Open(3, "/kept"));
        machine.Event(Open(4, "/dropped", CloseOnExec));
        machine.Event(Open(5, "/marked"));
        machine.Event(new RecordBuilder(Fcntl).Args(5, 2, 1));
        machine.Apply(Machine.Fork(100, 200));
        machine.Event(Machine.Exec(200, 100, "x", "/x", "x\0"));

        Assert.Equal(["/kept", "", ""], new[] { 3, 4, 5 }.Select(fd => Name(machine, 200, fd)));
        Assert.Equal(["/kept", "/dropped", "/marked"], new[] { 3, 4, 5 }.Select(fd => Name(machine, 100, fd)));
    }

    [Fact]
    public void Dup_shares_and_outlives_the_original()
    {
        var machine = new Machine();
        machine.Event(Open(3, "/a"));
        Assert.Equal("res=7(<f>/a) oldfd=3(<f>/a) newfd=7(<f>/a)", machine.Args(new RecordBuilder(Dup2, 7).Args(3, 7)));
        machine.Event(new RecordBuilder(Close).Args(3));

        Assert.Equal(("", "/a"), (Name(machine, 100, 3), Name(machine, 100, 7)));
    }

    [Fact]
    public void Close_range_closes_or_marks()
    {
        const int MarkOnly = 4;
        var machine = new Machine();
        for (var fd = 3; fd < 9; fd++)
        {
            machine.Event(Open(fd, $"/{fd}"));
        }

        machine.Event(new RecordBuilder(CloseRange).Args(3, 4, 0));
        machine.Event(new RecordBuilder(CloseRange).Args(7, uint.MaxValue, MarkOnly));
        Assert.Equal(["", "", "/5", "/6", "/7", "/8"], Enumerable.Range(3, 6).Select(fd => Name(machine, 100, fd)));
        machine.Event(Machine.Exec(100, 1, "x", "/x", "x\0"));
        Assert.Equal(["", "", "/5", "/6", "", ""], Enumerable.Range(3, 6).Select(fd => Name(machine, 100, fd)));
    }

    [Fact]
    public void A_failed_close_forgets_nothing()
    {
        var machine = new Machine();
        machine.Event(Open(3, "/a"));
        machine.Event(new RecordBuilder(Close, -5).Args(3));

        Assert.Equal("/a", Name(machine, 100, 3));
    }

    [Theory]
    [InlineData("/etc/hosts", "file", "f", "/etc/hosts")]
    [InlineData("/etc/gone (deleted)", "file", "f", "/etc/gone")]
    [InlineData("/folder", "directory", "d", "/folder")]
    [InlineData("pipe:[12]", "pipe", "p", "pipe:[12]")]
    [InlineData("anon_inode:[eventpoll]", "eventpoll", "l", "")]
    [InlineData("anon_inode:bpf-map", "bpf", "b", "")]
    [InlineData("anon_inode:inotify", "inotify", "i", "")]
    [InlineData("anon_inode:[pidfd]", "pidfd", "P", "")]
    [InlineData("anon_inode:[never-heard-of]", "other", "o", "")]
    [InlineData("/memfd:secret (deleted)", "memfd", "m", "secret")]
    public void A_descriptor_that_nothing_told_of_is_looked_up_once(string link, string type, string letter, string name)
    {
        var machine = new Machine(processes =>
        {
            processes.Links[(100, 50)] = link;
            processes.Directories.Add("/folder");
        });
        var fd = machine.Event(new RecordBuilder(Read, 1).Args(50)).Fd;
        Assert.Equal((type, letter, name), (fd.Type.ToString(), fd.TypeChar.ToString(), fd.Name.ToString()));
        machine.Event(new RecordBuilder(Read, 1).Args(50));

        Assert.Equal(1, machine.Processes.LinksRead);
    }

    [Fact]
    public void A_lookup_that_fails_is_not_tried_again_until_the_number_is_made_anew()
    {
        var machine = new Machine();
        for (var i = 0; i < 3; i++)
        {
            Assert.True(machine.Event(new RecordBuilder(Read, 1).Args(50)).Fd.Type.IsNull);
        }

        Assert.Equal(1, machine.Processes.LinksRead);
        machine.Event(Open(50, "/a"));
        Assert.Equal("/a", Name(machine, 100, 50));
    }

    [Fact]
    public void Lookups_are_bounded_per_second_and_counted()
    {
        var machine = new Machine();
        for (var fd = 0; fd < FdResolver.MaxPerSecond + 10; fd++)
        {
            machine.Event(new RecordBuilder(Read, 1).Args(fd));
        }

        Assert.Equal(FdResolver.MaxPerSecond, machine.Processes.LinksRead);
        Assert.True(machine.State.Fds.Skipped >= 10);
    }

    [Fact]
    public void A_call_on_a_bad_descriptor_asks_nobody()
    {
        var machine = new Machine();
        machine.Event(new RecordBuilder(Read, -9).Args(50));

        Assert.Equal(0, machine.Processes.LinksRead);
    }

    [Fact]
    public void A_table_behaves_as_a_dictionary_whatever_is_forked()
    {
        var steps = Gen.ListOf(Gen.Zip(Gen.Choose(0, 3), Gen.Choose(0, 40))).Select(list => list.ToArray());
        Prop.ForAll(steps.ToArbitrary(), list =>
        {
            var tables = new List<(FdTable Table, Dictionary<int, FdInfo> Model)> { (new FdTable(), []) };
            foreach (var (operation, number) in list)
            {
                var (table, model) = tables[number % tables.Count];
                var info = new FdInfo(FdKind.File, Utf8.From($"{number}"), Utf8.Empty);
                switch (operation)
                {
                    case 0:
                        table.Set(number, info, closeOnExec: false);
                        model[number] = info;
                        break;
                    case 1:
                        table.Remove(number);
                        model.Remove(number);
                        break;
                    case 2:
                        table.RemoveRange(number, number + 5, onlyMark: false);
                        Enumerable.Range(number, 6).ToList().ForEach(n => model.Remove(n));
                        break;
                    default:
                        tables.Add((table.Fork(), new Dictionary<int, FdInfo>(model)));
                        break;
                }
            }

            return tables.All(pair => Enumerable.Range(0, 50).All(n => ReferenceEquals(pair.Table[n], pair.Model.GetValueOrDefault(n))));
        }).QuickCheckThrowOnFailure();
    }

    private static RecordBuilder Open(long fd, string path, int flags = 0) => new RecordBuilder(OpenAt, fd).Args(-100, 1, flags).Text(1, path);

    private static RecordBuilder In(uint tgid, RecordBuilder record) => record.Header(header => Machine.Of(header, tgid, 100));

    private static string Name(Machine machine, uint tgid, int fd) => machine.State.Tree.Find(tgid)!.Fds[fd]?.Name.ToString() ?? "";
}
