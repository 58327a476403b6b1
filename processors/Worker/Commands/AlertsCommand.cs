using System.CommandLine;
using Confluent.Kafka;
using Confluent.SchemaRegistry;
using Syscribe.Alerts;
using Syscribe.Events;
using Syscribe.Kafka;

namespace Syscribe.Worker.Commands;

/// <summary><c>syscribe alerts</c></summary>
internal sealed class AlertsCommand
{
    private static readonly TimeSpan PollTime = TimeSpan.FromMilliseconds(100);

    private readonly ClientOptions _client = new();

    private readonly Option<bool> _fromBeginning = new("--from-beginning") { Description = "Print the alerts that are there already, too." };

    private readonly Option<long> _count = new("--count", "-n")
    {
        Description = "Stop after that many alerts. Default: go on until Ctrl-C.", HelpName = "N", DefaultValueFactory = _ => long.MaxValue,
    };

    public static Command Create()
    {
        var options = new AlertsCommand();
        var command = new Command("alerts", "Print the alerts of alerts.v1 as Falco JSON lines. Every caller gets all of them.");
        options._client.AddTo(command);
        command.Add(options._fromBeginning);
        command.Add(options._count);
        command.SetAction((parsed, stop) => Task.Factory.StartNew(() => options.Run(parsed, stop), stop, TaskCreationOptions.LongRunning, TaskScheduler.Default));
        return command;
    }

    private int Run(ParseResult parsed, CancellationToken stop)
    {
        var (output, error) = (parsed.InvocationConfiguration.Output, parsed.InvocationConfiguration.Error);
        var settings = _client.Read(parsed);
        using var registry = settings.CreateRegistryClient();
        using var consumer = Build(settings, registry, parsed.GetValue(_fromBeginning), error);
        consumer.Subscribe(Topics.Alerts);
        var json = new FalcoJson();
        for (var left = parsed.GetValue(_count); left > 0 && !stop.IsCancellationRequested;)
        {
            if (Next(consumer, error) is { } alert)
            {
                output.WriteLine(json.Format(alert));
                output.Flush();
                left--;
            }
        }

        consumer.Close();
        return ExitCodes.Success;
    }

    // A group of its own: subscribing follows partitions that come later, and nothing is ever committed.
    private static IConsumer<Ignore, AlertRecord> Build(
        ClientSettings settings, ISchemaRegistryClient registry, bool fromBeginning, TextWriter error)
    {
        var config = settings.ForConsumer($"syscribe-alerts-{Guid.NewGuid():N}");
        config.EnableAutoCommit = false;
        config.AutoOffsetReset = fromBeginning ? AutoOffsetReset.Earliest : AutoOffsetReset.Latest;
        return new ConsumerBuilder<Ignore, AlertRecord>(config)
            .SetValueDeserializer(RecordSerdes.AlertDeserializer(registry))
            .SetErrorHandler((_, e) => error.WriteLine($"syscribe: {e.Reason}"))
            .SetLogHandler((_, _) => { })
            .Build();
    }

    private static AlertRecord? Next(IConsumer<Ignore, AlertRecord> consumer, TextWriter error)
    {
        try
        {
            return consumer.Consume(PollTime)?.Message.Value;
        }
        catch (ConsumeException e) when (!e.Error.IsFatal)
        {
            // A record that is no alert, or a topic that nobody has written to yet.
            error.WriteLine($"syscribe: {e.InnerException?.Message ?? e.Error.Reason}");
            return null;
        }
    }
}
