namespace Syscribe.Local.Tests;

public sealed class CommandLineTests
{
    [Theory]
    [InlineData("60")]
    [InlineData("s")]
    [InlineData("-5s")]
    [InlineData("0s")]
    [InlineData("5d")]
    public void A_time_that_is_none_is_refused_with_what_is_allowed(string time)
    {
        var parsed = CommandLine.Create().Parse(["--for", time]);

        var error = Assert.Single(parsed.Errors).Message;
        Assert.Equal($"--for {time}: a time is a number above zero and one of s, m, h, as 90s or 5m", error);
    }

    [Theory]
    [InlineData("90s")]
    [InlineData("1.5m")]
    [InlineData("2h")]
    public void A_time_with_its_unit_is_taken(string time) => Assert.Empty(CommandLine.Create().Parse(["--for", time]).Errors);

    [Theory]
    [InlineData("security.protocol")]
    [InlineData("=SSL")]
    public void A_setting_without_name_or_value_is_refused_with_its_form(string setting)
    {
        var parsed = CommandLine.Create().Parse(["-X", setting]);

        Assert.Equal(
            $"-X {setting}: a setting is written NAME=VALUE, as -X security.protocol=SSL", Assert.Single(parsed.Errors).Message);
    }

    [Theory]
    [InlineData("--report", "/no/such/report.json", "there is no directory /no/such; name a file in one that there is")]
    [InlineData("--report", "/proc", "that is a directory; name a file in one that there is")]
    [InlineData("--replay", "/no/such.avro", "there is no such file; `syscribe-agent record FILE` records one")]
    public void A_file_that_could_not_be_used_is_refused_before_the_run(string option, string file, string reason)
    {
        var parsed = CommandLine.Create().Parse([option, file]);

        Assert.Equal($"{option} {file}: {reason}", Assert.Single(parsed.Errors).Message);
    }

    [Fact]
    public void An_option_that_there_is_not_is_an_error() => Assert.NotEmpty(CommandLine.Create().Parse(["--fro", "60s"]).Errors);
}
