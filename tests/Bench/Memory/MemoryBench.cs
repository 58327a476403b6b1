using System.Diagnostics;
using System.Globalization;
using Syscribe.Bench.Capture;
using Syscribe.Kafka;

namespace Syscribe.Bench.Memory;

/// <summary>
/// The agent as a process of its own, under a storm of 100,000 system calls a second: resident memory, processor time, drops.
/// </summary>
internal sealed class MemoryBench : IBench
{
    private const int PerSecond = 100_000;
    private const int Seconds = 15;
    private const double MostMegabytes = 200;

    public string Name => "memory";

    public string Summary => $"resident memory of the agent at {PerSecond} events a second for {Seconds} s; the goal is {MostMegabytes} MB";

    public void Run(BenchReport report)
    {
        using var tools = CaptureTools.Build();
        using var broker = EmbeddedBroker.Start(topics: new Dictionary<string, int> { ["syscalls.v1"] = 16 });
        using var agent = Start(broker);
        agent.StandardError.ReadLine(); // "capturing on": it is ready.
        var (most, cpu) = (0L, agent.TotalProcessorTime);
        var began = Stopwatch.GetTimestamp();
        using (var run = new StormRun(tools.Paced(PerSecond, PerSecond * Seconds)))
        {
            using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(200));
            while (!run.HasEnded && timer.WaitForNextTickAsync().AsTask().GetAwaiter().GetResult())
            {
                agent.Refresh();
                most = Math.Max(most, agent.WorkingSet64);
            }
        }

        var elapsed = Stopwatch.GetElapsedTime(began);
        agent.Refresh();
        cpu = agent.TotalProcessorTime - cpu;
        var last = Stop(agent);
        var (captured, dropped) = Parse(last);
        report.Add(new BenchRow("resident memory of the agent", "MB", most / 1e6, Goal: Goal.AtMost, Bound: MostMegabytes, Events: captured, Drops: dropped));
        report.Add(new BenchRow("agent process, all of it", "s/M events", cpu.TotalSeconds * 1e6 / captured, Events: captured, Drops: dropped));
        report.Note(string.Create(CultureInfo.InvariantCulture, $"memory: {captured / elapsed.TotalSeconds / 1000:F0} k events/s; the agent said: {last}"));
    }

    private static Process Start(EmbeddedBroker broker)
    {
        var start = new ProcessStartInfo(
            Path.Combine(AppContext.BaseDirectory, "syscribe-agent"),
            [
                "run", "--bootstrap", broker.BootstrapServers, "--schema-registry", "http://127.0.0.1:9",
                "-X", "avro.serializer.use.schema.id=1", "--exclude-pid", $"{Environment.ProcessId}",
            ])
        {
            RedirectStandardError = true,
        };
        return Process.Start(start)!; // Gives a process or throws, without UseShellExecute.
    }

    private static string Stop(Process agent)
    {
        using var kill = Process.Start("kill", ["-TERM", $"{agent.Id}"]);
        var last = "";
        while (agent.StandardError.ReadLine() is { } line)
        {
            last = line;
        }

        agent.WaitForExit();
        return last;
    }

    // "syscribe-agent: captured N, published N, dropped N ..."
    private static (long Captured, long Dropped) Parse(string line)
    {
        var words = line.Split(' ', ',', '.');
        return (After("captured"), After("dropped"));

        long After(string word) => long.Parse(words[Array.IndexOf(words, word) + 1], CultureInfo.InvariantCulture);
    }
}
