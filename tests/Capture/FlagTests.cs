using Syscribe.Capture.Text;

namespace Syscribe.Capture.Tests;

public sealed class FlagTests
{
    [Theory]
    [InlineData(0x0u, "O_RDONLY")]
    [InlineData(0x1u, "O_WRONLY")]
    [InlineData(0x2u, "O_RDWR")]
    [InlineData(0x241u, "O_TRUNC|O_CREAT|O_WRONLY")]
    [InlineData(0x80000u, "O_RDONLY|O_CLOEXEC")]
    [InlineData(0x10000u, "O_DIRECTORY|O_RDONLY|O_TMPFILE")]
    [InlineData(0x200000u, "O_RDONLY")]
    [InlineData(0x101000u, "O_SYNC|O_DSYNC|O_RDONLY")]
    [InlineData(0x1000u, "O_SYNC|O_DSYNC|O_RDONLY")]
    [InlineData(0x442u, "O_APPEND|O_CREAT|O_RDWR")]
    [InlineData(0xc0u, "O_EXCL|O_CREAT|O_RDONLY")]
    public void Open_flags(uint kernel, string text) => Assert.Equal(text, FlagTables.File.Text(FalcoFlags.Open(kernel)).ToString());

    [Fact]
    public void Nothing_that_matches_is_no_text()
    {
        Assert.True(FlagTables.Rename.Text(0).IsNull);
        Assert.True(FlagTables.Rename.Text(64).IsNull);
        Assert.Equal("O_NONE", FlagTables.File.Text(0).ToString());
    }

    [Theory]
    [InlineData(0x10000000ul, 1048576ul, "CLONE_NEWUSER")]
    [InlineData(0x40000000ul, 16ul, "CLONE_NEWNET")]
    [InlineData(0x20020000ul, 96ul, "CLONE_NEWNS|CLONE_NEWPID")]
    public void Clone_flags(ulong kernel, ulong falco, string text)
    {
        Assert.Equal(falco, FalcoFlags.Clone(kernel));
        Assert.Equal(text, FlagTables.Clone.Text(falco).ToString());
    }

    [Theory]
    [InlineData(0ul, 1ul, "PTRACE_TRACEME")]
    [InlineData(4ul, 5ul, "PTRACE_POKETEXT")]
    [InlineData(5ul, 6ul, "PTRACE_POKEDATA")]
    [InlineData(12ul, 26ul, "PTRACE_GETREGS")]
    [InlineData(13ul, 27ul, "PTRACE_SETREGS")]
    [InlineData(16ul, 11ul, "PTRACE_ATTACH")]
    [InlineData(17ul, 12ul, "PTRACE_DETACH")]
    [InlineData(0x4206ul, 20ul, "PTRACE_SEIZE")]
    [InlineData(0x4207ul, 21ul, "PTRACE_INTERRUPT")]
    [InlineData(9999ul, 0ul, "PTRACE_UNKNOWN")]
    public void Ptrace_requests_have_Falcos_numbers(ulong kernel, ulong falco, string text)
    {
        Assert.Equal(falco, FalcoFlags.Ptrace(kernel));
        Assert.Equal(text, FlagTables.Ptrace.Text(falco).ToString());
    }

    [Theory]
    [InlineData(0x1edul, "S_IXOTH|S_IROTH|S_IXGRP|S_IRGRP|S_IXUSR|S_IWUSR|S_IRUSR")]
    [InlineData(0xc00ul, "S_ISGID|S_ISUID")]
    public void Modes(ulong mode, string text) => Assert.Equal(text, FlagTables.Mode.Text(mode).ToString());

    [Theory]
    [InlineData(-2, "ENOENT")]
    [InlineData(-115, "EINPROGRESS")]
    [InlineData(-11, "EAGAIN")]
    [InlineData(-133, "EHWPOISON")]
    [InlineData(-512, "ERESTARTSYS")]
    public void Errors_have_names(long result, string name) => Assert.Equal(name, Errno.Name(result).ToString());

    [Theory]
    [InlineData(0)]
    [InlineData(5)]
    [InlineData(-41)]
    [InlineData(-4096)]
    [InlineData(long.MinValue)]
    public void Other_results_have_none(long result) => Assert.True(Errno.Name(result).IsNull);

    [Theory]
    [InlineData(0ul, "0", "0")]
    [InlineData(420ul, "1A4", "0644")]
    [InlineData(ulong.MaxValue, "FFFFFFFFFFFFFFFF", "01777777777777777777777")]
    public void Numbers_in_other_bases(ulong value, string hex, string octal)
    {
        var numbers = new NumberTexts();
        Assert.Equal((hex, octal), (numbers.Hex(value).ToString(), numbers.Octal(value).ToString()));
    }
}
