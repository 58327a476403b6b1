namespace Syscribe.Training.Model;

/// <summary>Normal random numbers by Box and Muller from a seeded generator: the same on every machine.</summary>
internal sealed class NormalNumbers(int seed)
{
    private readonly Random _random = new(seed);

    public double Next() =>
        Math.Sqrt(-2 * Math.Log(1 - _random.NextDouble())) * Math.Cos(2 * Math.PI * _random.NextDouble());
}
