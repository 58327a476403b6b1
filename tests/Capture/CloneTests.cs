using Syscribe.Capture.Records;

namespace Syscribe.Capture.Tests;

public sealed class CloneTests
{
    private const int Clone = 56;
    private const int Ptrace = 101;
    private const ulong NewNamespaces = 0x20020000;

    [Fact]
    public void Clone_shows_the_flags_that_its_birth_record_had_on_both_sides()
    {
        var machine = new Machine();
        machine.Apply(Machine.Fork(100, 200, NewNamespaces));

        var parent = machine.Args(new RecordBuilder(Clone, 200));
        Assert.Equal("res=200(bash) exe=/bin/bash args= tid=100(bash) pid=100(bash) ptid=1(init) cwd=/home/ comm=bash flags=96(CLONE_NEWNS|CLONE_NEWPID) uid=0(root) gid=0(root)", parent);
        var child = machine.Args(new RecordBuilder(Clone, 0, tgid: 200).Header(header => header with { ParentTgid = 100 }));
        Assert.Equal("res=0 exe=/bin/bash args= tid=200(bash) pid=200(bash) ptid=100(bash) cwd=/home/ comm=bash flags=96(CLONE_NEWNS|CLONE_NEWPID) uid=0(root) gid=0(root)", child);
    }

    [Fact]
    public void Ids_that_a_process_in_a_namespace_passes_are_not_the_hosts()
    {
        var machine = new Machine();
        RecordBuilder Attach(uint tgid, uint parent) => new RecordBuilder(Ptrace, tgid: tgid).Header(header => header with { ParentTgid = parent }).Args(16, 1, 0, 0);
        Assert.EndsWith("pid=1(init)", machine.Args(Attach(100, 1)));

        machine.Apply(new RecordBuilder(-1, 0, EventKind.Fork)
            .Block(BlockKind.Fork, new ForkBlock { Tid = 300, Tgid = 300 })
            .Block(BlockKind.Proc, new ProcBlock { Vpid = 1, Pidns = 99, StartNs = 300_000 }));
        Assert.EndsWith("request=11(PTRACE_ATTACH) pid=1", machine.Args(Attach(300, 100)));
    }
}
