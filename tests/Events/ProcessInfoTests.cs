namespace Syscribe.Events.Tests;

public sealed class ProcessInfoTests
{
    private const int Threads = 4;

    [Fact]
    public async Task A_command_line_is_whole_for_each_of_the_threads_that_ask_first()
    {
        for (var round = 0; round < 40; round++)
        {
            using var ready = new Barrier(Threads);
            var shared = Enumerable.Range(0, 5_000).Select(i => new ProcessInfo { Pid = i, Name = Utf8.From("sh"), Args = [Utf8.From("-c"), Utf8.From("echo")] }).ToArray();

            var torn = await Task.WhenAll(Enumerable.Range(0, Threads).Select(_ => Task.Factory.StartNew(Torn, TaskCreationOptions.LongRunning)));

            Assert.Equal(0, torn.Sum());

            int Torn()
            {
                ready.SignalAndWait();
                var count = 0;
                foreach (var process in shared)
                {
                    count += process.CommandLine.Length == "sh -c echo".Length ? 0 : 1;
                }

                return count;
            }
        }
    }
}
