namespace Syscribe.Bench;

/// <summary>The command line of the benches.</summary>
internal static class BenchProgram
{
    /// <summary>0: all ran, goals met or not: the table says which. 2: the command line is wrong.</summary>
    public static int Run(string[] arguments, IReadOnlyList<IBench> benches)
    {
        var names = new List<string>();
        string? json = null;
        for (var index = 0; index < arguments.Length; index++)
        {
            switch (arguments[index])
            {
                case "--help" or "-h":
                    Help(benches);
                    return 0;
                case "--json" when index + 1 < arguments.Length:
                    json = arguments[++index];
                    break;
                case var name when benches.Any(bench => bench.Name == name):
                    names.Add(name);
                    break;
                case var unknown:
                    Console.Error.WriteLine($"bench: \"{unknown}\" is no bench; there are {string.Join(", ", benches.Select(static bench => bench.Name))}, and --json FILE. See --help.");
                    return 2;
            }
        }

        var report = new BenchReport();
        foreach (var bench in benches.Where(bench => names.Count == 0 || names.Contains(bench.Name)))
        {
            Run(bench, report);
        }

        var machine = Machine.Here();
        Table.Print(report, machine, Console.Out);
        if (json is not null)
        {
            Table.Save(report, machine, json);
        }

        return 0;
    }

    private static void Run(IBench bench, BenchReport report)
    {
        Console.Error.WriteLine($"bench {bench.Name} ...");
        try
        {
            bench.Run(report);
        }
        catch (BenchSkippedException skipped)
        {
            report.Note($"{bench.Name}: skipped, {skipped.Message}");
        }
    }

    private static void Help(IReadOnlyList<IBench> benches)
    {
        Console.WriteLine(
            """
            Measures Syscribe against baselines, each pair in one run and in the order A B A B.

              dotnet run -c Release --project tests/Bench -- [NAME...] [--json FILE]

            Without names, all run. The benches that capture need root and a kernel with BTF, and are skipped elsewhere.
            Values are the better of the rounds; a ratio is ours to the baseline. Names:

            """);
        var width = benches.Max(static bench => bench.Name.Length);
        foreach (var bench in benches)
        {
            Console.WriteLine($"  {bench.Name.PadRight(width)}  {bench.Summary}");
        }
    }
}
