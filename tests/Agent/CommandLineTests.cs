namespace Syscribe.Agent.Tests;

public sealed class CommandLineTests
{
    [Theory]
    [InlineData(0, "Usage:", "--help")]
    [InlineData(0, "0.1.0", "--version")]
    [InlineData(0, "64  257 openat(dfd, *filename, flags, mode)", "syscalls")]
    [InlineData(2, "Option '--bootstrap' is required.", "run", "--schema-registry", "http://r")]
    [InlineData(2, "\"soon\" is no time: a number over 0 and ms, s, m or h, as 30s.", "record", "f", "--for", "soon")]
    [InlineData(1, "--count 0 is no number of events: 1 or more.", "record", "f", "--count", "0")]
    [InlineData(1, "--speed NaN is no speed", "replay", "f", "--bootstrap", "h:1", "--schema-registry", "http://r", "--speed", "fast")]
    [InlineData(1, "--ring-mb 3 is no size", "run", "--bootstrap", "h:1", "--schema-registry", "http://r", "--ring-mb", "3")]
    [InlineData(1, "--container-wait 60 s is out of range: 0 to 30 s.", "run", "--bootstrap", "h:1", "--schema-registry", "http://r", "--container-wait", "1m")]
    [InlineData(1, "a client setting is name=value", "run", "--bootstrap", "h:1", "--schema-registry", "http://r", "-X", "linger.ms")]
    [InlineData(1, "A setting of the schema registry's client is refused: ", "replay", "f", "--bootstrap", "h:1", "--schema-registry", "http://r", "-X", "schema.registry.none=1")]
    [InlineData(1, "Kafka setting none.such is refused by librdkafka", "replay", "f", "--bootstrap", "h:1", "--schema-registry", "http://r", "-X", "none.such=1")]
    [InlineData(1, "Read client settings failed: Could not find file", "run", "--bootstrap", "h:1", "--schema-registry", "http://r", "--client-config", "/none")]
    public async Task A_command_line_is_answered(int exitCode, string said, params string[] arguments)
    {
        Assert.SkipWhen(said.Contains("openat", StringComparison.Ordinal) && !Environment.IsPrivilegedProcess, "argument names are in tracefs: needs root");
        using var agent = AgentProcess.Start(arguments);

        Assert.Equal(exitCode, await agent.Exit());
        await agent.Said(said);
    }
}
