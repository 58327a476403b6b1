using System.Xml.Linq;

namespace Syscribe.Architecture.Tests;

/// <summary>
/// The direction of dependency: everything points at schemas/, producers and processors meet only on the wire.
/// A new arrow is a decision: it is added here, by hand, with its reason in the commit.
/// </summary>
public sealed class DependencyArrowsTests
{
    private static readonly Dictionary<string, string[]> Allowed = new()
    {
        ["schemas/Events"] = [],
        ["schemas/Kafka"] = ["schemas/Events"],
        ["producers/Libbpf"] = [],
        ["producers/Capture"] = ["producers/Libbpf", "schemas/Events"],
        ["producers/Containers"] = ["producers/Capture", "schemas/Events"],
        ["producers/Agent"] = ["producers/Capture", "producers/Containers", "schemas/Events", "schemas/Kafka"],
        ["producers/Scenarios"] = [],
        ["processors/Rules"] = ["schemas/Events"],
        ["processors/Alerts"] = ["processors/Rules", "schemas/Events"],
        ["processors/Inference"] = ["processors/Rules", "schemas/Events"],
        ["processors/Training"] = ["processors/Inference", "processors/Rules", "schemas/Events"],
        ["processors/Pipeline"] =
            ["processors/Alerts", "processors/Inference", "processors/Rules", "schemas/Events", "schemas/Kafka"],
        ["processors/Worker"] =
            ["processors/Alerts", "processors/Inference", "processors/Pipeline", "processors/Rules", "schemas/Events", "schemas/Kafka"],
        ["processors/Console"] = ["processors/Alerts", "schemas/Events", "schemas/Kafka"],
        ["infra/Local"] =
            ["processors/Console", "processors/Worker", "producers/Agent", "producers/Scenarios", "schemas/Kafka"],
    };

    private static readonly string Root = FindRoot();

    [Fact]
    public void Every_reference_between_rooms_is_an_allowed_arrow()
    {
        var wrong = new List<string>();
        foreach (var project in ProductProjects())
        {
            var room = RoomOf(project);
            if (!Allowed.TryGetValue(room, out var targets))
            {
                wrong.Add($"{room} is not a room of the design; add it to {nameof(DependencyArrowsTests)} with its arrows");
                continue;
            }

            wrong.AddRange(References(project).Except(targets).Select(target => $"{room} -> {target}"));
        }

        Assert.Empty(wrong);
    }

    [Fact]
    public void The_solution_holds_every_project()
    {
        var solution = File.ReadAllText(Path.Combine(Root, "Streaming.sln")).Replace('\\', '/');
        var missing = Directory.EnumerateFiles(Root, "*.csproj", SearchOption.AllDirectories)
            .Where(path => !path.Contains("/obj/", StringComparison.Ordinal) && !path.Contains("/bin/", StringComparison.Ordinal))
            .Select(path => Path.GetRelativePath(Root, path))
            .Where(path => !solution.Contains(path, StringComparison.Ordinal));

        Assert.Empty(missing);
    }

    [Fact]
    public void Rules_alerts_and_events_know_no_stream_no_broker_and_no_host()
    {
        string[] banned = ["Akka.Streams", "Confluent.Kafka", "prometheus-net", "Spectre.Console", "System.CommandLine"];
        foreach (var room in (string[])["schemas/Events", "processors/Rules", "processors/Alerts"])
        {
            var project = Assert.Single(Directory.GetFiles(Path.Combine(Root, room), "*.csproj"));
            var packages = XDocument.Load(project).Descendants("PackageReference").Select(e => (string?)e.Attribute("Include"));
            Assert.Empty(packages.Intersect(banned));
        }
    }

    private static IEnumerable<string> ProductProjects() =>
        from top in (string[])["schemas", "producers", "processors", "infra"]
        from path in Directory.EnumerateFiles(Path.Combine(Root, top), "*.csproj", SearchOption.AllDirectories)
        select path;

    private static IEnumerable<string> References(string project) =>
        from element in XDocument.Load(project).Descendants("ProjectReference")
        let include = ((string?)element.Attribute("Include"))?.Replace('\\', '/')
        where include is not null
        select RoomOf(Path.GetFullPath(include, Path.GetDirectoryName(project)!));

    private static string RoomOf(string project) => Path.GetRelativePath(Root, Path.GetDirectoryName(project)!);

    private static string FindRoot()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "Streaming.sln")))
        {
            folder = folder.Parent;
        }

        return folder?.FullName ?? throw new InvalidOperationException("Streaming.sln is not above " + AppContext.BaseDirectory);
    }
}
