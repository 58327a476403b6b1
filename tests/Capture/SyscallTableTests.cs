using Syscribe.Capture.Records;
using Syscribe.Capture.Syscalls;
using Syscribe.Events;

namespace Syscribe.Capture.Tests;

public sealed class SyscallTableTests
{
    private const string Format = """
        name: sys_enter_openat
        ID: 782
        format:
        	field:unsigned short common_type;	offset:0;	size:2;	signed:0;
        	field:int common_pid;	offset:4;	size:4;	signed:1;

        	field:int __syscall_nr;	offset:8;	size:4;	signed:1;
        	field:int dfd;	offset:16;	size:8;	signed:0;
        	field:const char * filename;	offset:24;	size:8;	signed:0;
        	field:int flags;	offset:32;	size:8;	signed:0;
        	field:umode_t mode;	offset:40;	size:8;	signed:0;

        print fmt: "dfd: 0x%08lx"
        """;

    [Fact]
    public void A_format_file_gives_names_types_and_roles()
    {
        var args = Tracefs.Parse(Format);

        Assert.Equal(["dfd", "filename", "flags", "mode"], args.Select(arg => arg.Name.ToString()));
        Assert.Equal([ArgKind.Number, ArgKind.String, ArgKind.Number, ArgKind.Number], args.Select(arg => arg.Kind));
        Assert.Equal([ArgRole.Directory, ArgRole.Path, ArgRole.Plain, ArgRole.Plain], args.Select(arg => arg.Role));
        Assert.Equal([ArgWidth.Int, ArgWidth.Word, ArgWidth.Int, ArgWidth.UInt], args.Select(arg => arg.Width));
    }

    [Theory]
    [InlineData("const char * buf", ArgKind.Number)]
    [InlineData("char * buf", ArgKind.Number)]
    [InlineData("char * dir_name", ArgKind.String)]
    [InlineData("const char * _description", ArgKind.String)]
    [InlineData("const char *const * argv", ArgKind.Number)]
    [InlineData("struct sockaddr * uservaddr", ArgKind.Sockaddr)]
    [InlineData("struct sockaddr * upeer_sockaddr", ArgKind.Number)]
    [InlineData("unsigned char * vec", ArgKind.Number)]
    public void Texts_are_told_from_buffers(string field, object kind) =>
        Assert.Equal((ArgKind)kind, Tracefs.Parse($"\tfield:int __syscall_nr;\n\tfield:{field};\toffset:16;\n").Single().Kind);

    [Fact]
    public void Numbers_have_the_names_that_programs_use()
    {
        var table = Empty();

        Assert.Equal(["read", "stat", "umount2", "uname", "openat2", "file_setattr"], new[] { 0, 4, 166, 63, 437, 469 }.Select(n => table[n, compat32: false].Name.ToString()));
        Assert.Equal(["restart_syscall", "open", "socketcall", "openat", "stat64"], new[] { 0, 5, 102, 295, 195 }.Select(n => table[n, compat32: true].Name.ToString()));
    }

    [Theory]
    [InlineData(500, false, "syscall_500")]
    [InlineData(511, true, "syscall_511")]
    [InlineData(512, false, "syscall_512")]
    [InlineData(100_000, true, "syscall_100000")]
    [InlineData(-2, false, "syscall_-2")]
    public void A_number_that_nothing_names_has_a_name_all_the_same(int number, bool compat32, string name)
    {
        var info = Empty()[number, compat32];

        Assert.Equal(name, info.Name.ToString());
        Assert.Equal(compat32 ? Abi.Compat32 : Abi.Native, info.Abi);
        Assert.Equal(6, info.Args.Length);
    }

    [Fact]
    public void The_return_from_a_signal_has_lost_its_number()
    {
        var made = new Machine().Event(new RecordBuilder(-1, 77).Args(1, 2, 3));

        Assert.Equal(("rt_sigreturn", -1, 0), (made.Type.ToString(), made.Number, made.Params.Count));
    }

    [Fact]
    public void A_call_that_is_newer_than_the_lists_gets_its_name_when_it_is_seen()
    {
        var table = new SyscallTable(new Dictionary<string, SyscallArg[]> { ["brand_new"] = Tracefs.Parse(Format) });
        Assert.Equal(["brand_new"], table.Unnumbered);
        Assert.False(table[490, compat32: false].IsNamed);

        Assert.Null(table.Name(490, "unheard_of"));
        Assert.Same(table.Name(490, "brand_new"), table[490, compat32: false]);
        Assert.Equal(["dfd", "filename", "flags", "mode"], table[490, compat32: false].Args.Select(arg => arg.Name.ToString()));
    }

    [Theory]
    [InlineData(123, "mseal")]
    [InlineData(124, "other_call")]
    [InlineData(9, null)]
    public void The_trace_says_which_call_a_thread_was_in(uint thread, string? name) => Assert.Equal(name, NewCallNames.LastOf(thread,
        [
            "# tracer: nop", "#", "#           TASK-PID     CPU#  |||||  TIMESTAMP  FUNCTION", "",
            "             cat-123     [000] .....   100.000001: sys_first(a: 1)",
            "          cat -9-123     [001] .....   100.000002: sys_mseal(start: 0, len: 1000, flags: 0)",
            "           <...>-124     [001] .....   100.000003: sys_other_call()",
        ]));

    [Fact]
    public void The_kernels_metadata_wins_over_the_built_in()
    {
        var table = new SyscallTable(new Dictionary<string, SyscallArg[]> { ["openat"] = Tracefs.Parse(Format.Replace("filename", "pathname")) });

        Assert.Equal("pathname", table[257, compat32: false].Args[1].Name.ToString());
        Assert.Equal("filename", Empty()[257, compat32: false].Args[1].Name.ToString());
    }

    [Fact]
    public void A_32_bit_call_is_not_read_by_its_64_bit_number()
    {
        // 5 is open there and fstat here; the directory descriptor comes zero-extended.
        var machine = new Machine();
        var open = machine.Event(new RecordBuilder(5, 3).Header(Compat).Args(1, 0, 0).Text(0, "relative"));
        Assert.Equal(("open", Abi.Compat32, 5), (open.Type.ToString(), open.Abi, open.Number));
        Assert.Equal("fd=3(<f>/home/relative) name=relative(/home/relative) flags=1(O_RDONLY) mode=0 dev=0 ino=0", Machine.Print(open));

        var openAt = machine.Event(new RecordBuilder(295, 4).Header(Compat).Args(0xffffff9c, 1, 0, 0).Text(1, "r"));
        Assert.StartsWith("fd=4(<f>/home/r) dirfd=-100(AT_FDCWD) name=r(/home/r) ", Machine.Print(openAt));
    }

    [Theory]
    [InlineData(18, "io_uring.openat")]
    [InlineData(36, "io_uring.unlinkat")]
    [InlineData(0, "io_uring.nop")]
    [InlineData(250, "io_uring.250")]
    public void Io_uring_operations_have_names(int code, string name) =>
        Assert.Equal(name, Empty().Operation(code).Name.ToString());

    private static SyscallTable Empty() => new(new Dictionary<string, SyscallArg[]>());

    private static EventHeader Compat(EventHeader header) => header with { Flags = EventFlags.Compat32 };
}
