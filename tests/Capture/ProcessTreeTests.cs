using Syscribe.Capture.Records;
using Syscribe.Capture.State;
using Syscribe.Events;

namespace Syscribe.Capture.Tests;

public sealed class ProcessTreeTests
{
    private const int GetPid = 39;

    [Fact]
    public void A_scanned_process_has_its_ancestors_and_times()
    {
        var process = new Machine().Event(new RecordBuilder(GetPid)).Process!;

        Assert.Equal(("bash", "/bin/bash", "/usr/bin/bash", "/home/"), (process.Name.ToString(), process.Exe.ToString(), process.ExePath.ToString(), process.Cwd.ToString()));
        Assert.Equal(["init"], process.Ancestors.Select(ancestor => ancestor.Name.ToString()));
        Assert.Equal(Machine.BootNs + 100_000, process.StartTimeNs);
        Assert.Equal("host", process.ContainerId.ToString());
    }

    [Fact]
    public void An_unchanged_process_is_published_as_the_same_object()
    {
        var machine = new Machine();
        var first = machine.Event(new RecordBuilder(GetPid)).Process;

        Assert.Same(first, machine.Event(new RecordBuilder(GetPid)).Process);
        machine.Apply(Machine.Fork(100, 200));
        Assert.Same(first, machine.Event(new RecordBuilder(GetPid)).Process);
        machine.Event(Machine.Exec(200, 100, "ls", "/usr/bin/ls", "ls\0"));
        Assert.Same(first, machine.Event(new RecordBuilder(GetPid)).Process);
    }

    [Fact]
    public void A_child_inherits_and_an_exec_replaces()
    {
        var machine = new Machine();
        machine.Apply(Machine.Fork(100, 200));
        var child = machine.Event(new RecordBuilder(GetPid, tgid: 200).Header(header => header with { ParentTgid = 100 })).Process!;
        Assert.Equal(("bash", "/bin/bash", "/home/", 200L, 100L), (child.Name.ToString(), child.Exe.ToString(), child.Cwd.ToString(), child.Pid, child.ParentPid));

        var exec = machine.Event(Machine.Exec(200, 100, "ls", "/usr/bin/ls", "ls\0-l\0\0", "A=1\0B=\0"));
        Assert.Equal(("ls", "ls", "/usr/bin/ls"), (exec.Process!.Name.ToString(), exec.Process.Exe.ToString(), exec.Process.ExePath.ToString()));
        Assert.Equal(["-l", ""], exec.Process.Args.Select(arg => arg.ToString()));
        Assert.Equal(["A=1", "B="], exec.Env.Select(text => text.ToString()));
        Assert.Equal(["bash", "init"], exec.Process.Ancestors.Select(ancestor => ancestor.Name.ToString()));
        Assert.Equal("execve", exec.Type.ToString());
    }

    [Fact]
    public void A_birth_told_after_the_scan_keeps_what_the_scan_found()
    {
        const ulong Tick = 10_000_000;
        var machine = new Machine(processes =>
        {
            processes.Add(500, 100, "scanned", "/srv/", startNs: 7 * Tick);
            processes.Add(501, 500, "inner");
        });
        machine.Apply(new RecordBuilder(-1, 0, EventKind.Fork)
            .Block(BlockKind.Fork, new ForkBlock { Tid = 500, Tgid = 500 })
            .Block(BlockKind.Proc, new ProcBlock { Vpid = 500, Pidns = FakeProcesses.Host, StartNs = (7 * Tick) + 5 })
            .Block(BlockKind.Comm, "bash"));

        var process = machine.Event(new RecordBuilder(GetPid, tgid: 500).Header(header => header with { ParentTgid = 100, StartNs = (7 * Tick) + 5 })).Process!;
        Assert.Equal(("scanned", "/srv/"), (process.Name.ToString(), process.Cwd.ToString()));
        machine.Event(Machine.Exec(500, 100, "next", "/next", "next\0").Header(header => header with { StartNs = (7 * Tick) + 5 }));
        var inner = machine.Event(new RecordBuilder(GetPid, tgid: 501).Header(header => header with { ParentTgid = 500 })).Process!;
        Assert.Equal(["next", "bash", "init"], Names(inner));
    }

    [Fact]
    public void An_ancestors_exec_shows_in_its_descendants()
    {
        var machine = new Machine();
        machine.Apply(Machine.Fork(100, 200));
        machine.Apply(Machine.Fork(200, 300, grandparent: 100));
        var grandchild = new RecordBuilder(GetPid, tgid: 300).Header(header => header with { ParentTgid = 200 });
        Assert.Equal(["bash", "bash", "init"], Names(machine.Event(grandchild).Process!));

        machine.Event(Machine.Exec(100, 1, "zsh", "/bin/zsh", "zsh\0"));
        Assert.Equal(["bash", "zsh", "init"], Names(machine.Event(grandchild).Process!));
    }

    [Fact]
    public void Reparenting_shows_in_the_header_and_for_idle_processes_at_the_parents_exit()
    {
        var machine = new Machine();
        machine.Apply(Machine.Fork(100, 200));
        machine.Apply(Machine.Fork(200, 300, grandparent: 100));
        machine.Apply(Machine.Fork(300, 400, grandparent: 200));
        machine.Processes.Parents[300] = 1;
        machine.Event(new RecordBuilder(-1, 0, EventKind.Exit, 200).Header(header => header with { ParentTgid = 100 }));

        // 300 has been idle; its child shows the new chain all the same.
        var idle = machine.Event(new RecordBuilder(GetPid, tgid: 400).Header(header => header with { ParentTgid = 300 })).Process!;
        Assert.Equal([300, 1], idle.Ancestors.Select(ancestor => (int)ancestor.Pid));

        var moved = machine.Event(new RecordBuilder(GetPid, tgid: 400).Header(header => header with { ParentTgid = 1 })).Process!;
        Assert.Equal(1, moved.ParentPid);
        Assert.Equal([1], moved.Ancestors.Select(ancestor => (int)ancestor.Pid));
    }

    [Fact]
    public void A_reused_id_is_another_process()
    {
        var machine = new Machine();
        machine.Event(new RecordBuilder(GetPid));
        var reused = machine.Event(new RecordBuilder(GetPid).Header(header => header with { StartNs = 999_999_999 })).Process!;

        Assert.Equal(Machine.BootNs + 999_999_999, reused.StartTimeNs);
        Assert.Equal(1, machine.State.Tree.LookedUp);
    }

    [Fact]
    public void A_birth_time_from_proc_is_the_tick_of_the_exact_one()
    {
        const ulong Tick = 10_000_000;
        var machine = new Machine(processes => processes.Add(500, 1, "scanned", startNs: 7 * Tick));

        RecordBuilder At(ulong start) => new RecordBuilder(GetPid, tgid: 500).Header(header => header with { StartNs = start });
        var first = machine.Event(At((7 * Tick) + 1234)).Process!;
        Assert.Equal(("scanned", 0L), (first.Name.ToString(), machine.State.Tree.LookedUp));
        Assert.Equal(Machine.BootNs + (long)(7 * Tick) + 1234, first.StartTimeNs);

        machine.Event(At((7 * Tick) + 1235));
        Assert.Equal(1, machine.State.Tree.LookedUp);
    }

    [Fact]
    public void A_process_that_nothing_told_of_is_looked_up_or_taken_for_its_parent()
    {
        var machine = new Machine();
        machine.Processes.Add(600, 100, "late");

        Assert.Equal("late", machine.Event(new RecordBuilder(GetPid, tgid: 600).Header(header => header with { ParentTgid = 100 })).Process!.Name.ToString());
        var gone = machine.Event(new RecordBuilder(GetPid, tgid: 700).Header(header => header with { ParentTgid = 100 })).Process!;
        Assert.Equal(("bash", 700L, 100L), (gone.Name.ToString(), gone.Pid, gone.ParentPid));
        var alone = machine.Event(new RecordBuilder(GetPid, tgid: 800).Header(header => header with { ParentTgid = 799 })).Process!;
        Assert.Equal(("", 799L, 0), (alone.Name.ToString(), alone.ParentPid, alone.Ancestors.Count));
    }

    [Fact]
    public void Ended_processes_are_forgotten_after_a_while()
    {
        var machine = new Machine();
        machine.Apply(Machine.Fork(100, 200));
        machine.Event(new RecordBuilder(-1, 0, EventKind.Exit, 200).Header(header => header with { ParentTgid = 100 }));
        Assert.Equal(3, machine.State.Tree.Count);

        machine.Event(new RecordBuilder(GetPid).Header(header => header with { KtimeNs = header.KtimeNs + ProcessTree.KeepExitedNs + 1 }));
        Assert.Equal(2, machine.State.Tree.Count);
        Assert.Null(machine.State.Tree.Find(200));
    }

    [Fact]
    public void A_process_whose_threads_outlive_its_leader_is_kept()
    {
        var machine = new Machine();
        machine.Apply(Machine.Fork(100, 200));
        machine.Event(new RecordBuilder(-1, 0, EventKind.Exit, 200).Header(header => header with { ParentTgid = 100 }));
        RecordBuilder Thread(ulong after) => new RecordBuilder(GetPid, tgid: 200)
            .Header(header => header with { ParentTgid = 100, KtimeNs = header.KtimeNs + after });
        for (var i = 1UL; i < 5; i++)
        {
            machine.Event(Thread(i * 6_000_000_000));
            Assert.NotNull(machine.State.Tree.Find(200));
        }

        Assert.Equal(0, machine.State.Tree.LookedUp);
    }

    [Fact]
    public void Only_the_leaders_exit_ends_the_process()
    {
        var machine = new Machine();
        machine.Event(new RecordBuilder(-1, 0, EventKind.Exit).Header(header => header with { Tid = 101, Flags = EventFlags.None }));

        Assert.Equal(0UL, machine.State.Tree.Find(100)!.ExitedNs);
    }

    [Fact]
    public void The_session_leader_is_found_by_id_on_the_host_and_by_chain_in_a_namespace()
    {
        var machine = new Machine();
        machine.Apply(Machine.Fork(100, 200));
        var onHost = machine.Event(new RecordBuilder(GetPid, tgid: 200).Header(header => header with { ParentTgid = 100 })).Process!;
        Assert.Equal(("bash", 100L), (onHost.SessionName.ToString(), onHost.SessionId));

        RecordBuilder Inside(uint parent, uint child, int sid, uint grandparent) => new RecordBuilder(-1, 0, EventKind.Fork, parent)
            .Header(header => header with { ParentTgid = grandparent })
            .Block(BlockKind.Fork, new ForkBlock { Tid = child, Tgid = child })
            .Block(BlockKind.Proc, new ProcBlock { Vpid = (int)child - 299, Sid = sid, Pidns = 99, PidnsStartNs = 5, StartNs = child * 1_000UL });
        machine.Apply(Inside(200, 300, 1, 100));
        machine.Event(Machine.Exec(300, 200, "entry", "/entry", "entry\0"));
        machine.Apply(Inside(300, 301, 1, 200));
        machine.Event(Machine.Exec(301, 300, "worker", "/worker", "worker\0"));
        var inside = machine.Event(new RecordBuilder(GetPid, tgid: 301).Header(header => header with { ParentTgid = 300 })).Process!;
        Assert.Equal("entry", inside.SessionName.ToString());
        Assert.Equal(Machine.BootNs + 5, inside.PidnsStartNs);
    }

    [Fact]
    public void At_most_sixteen_ancestors_are_shown()
    {
        var machine = new Machine();
        for (var pid = 200u; pid < 230; pid++)
        {
            machine.Apply(Machine.Fork(pid == 200 ? 100 : pid - 1, pid, grandparent: pid switch { 200 => 1, 201 => 100, _ => pid - 2 }));
        }

        var deep = machine.Event(new RecordBuilder(GetPid, tgid: 229).Header(header => header with { ParentTgid = 228 })).Process!;
        Assert.Equal(Enumerable.Range(213, 16).Reverse(), deep.Ancestors.Select(ancestor => (int)ancestor.Pid));
    }

    [Fact]
    public void Credentials_are_those_after_the_call()
    {
        const int SetUid = 105;
        var made = new Machine().Event(new RecordBuilder(SetUid)
            .Args(4242)
            .Header(header => header with { EffectiveUid = 4242, EffectiveGid = 7 })
            .Block(BlockKind.Cred, new CredBlock { Euid = 4242, Egid = 7, CapEffective = 3, LoginUid = uint.MaxValue }));

        Assert.Equal((4242L, "<NA>", 7L, 3UL, -1L), (made.Process!.UserId, made.Process.UserName.ToString(), made.Process.GroupId, made.Process.CapEffective, made.Process.LoginUserId));
        Assert.Equal("res=0 uid=4242(<NA>)", Machine.Print(made));
    }

    [Fact]
    public void A_cgroup_of_a_container_makes_it_the_processs_own()
    {
        var id = new string('a', 64);
        var machine = new Machine();
        machine.Apply(Machine.Fork(100, 200).Block(BlockKind.Cgroup, "/docker/" + id));

        var inside = machine.Event(new RecordBuilder(GetPid, tgid: 200).Header(header => header with { ParentTgid = 100 })).Process!;
        Assert.Equal("aaaaaaaaaaaa", inside.ContainerId.ToString());
        Assert.Null(inside.Container);
    }

    [Fact]
    public void A_birth_record_without_its_block_is_refused() =>
        Assert.Throws<RecordFormatException>(() => new Machine().Apply(new RecordBuilder(-1, 0, EventKind.Fork)));

    private static IEnumerable<string> Names(ProcessInfo process) => process.Ancestors.Select(ancestor => ancestor.Name.ToString());
}
