using System.Globalization;

namespace Syscribe.Training.Evaluate;

/// <summary>A share that was counted, with its 95 % interval by Wilson (1927), which holds near 0 and 1 too.</summary>
/// <param name="Hits">How many did.</param>
/// <param name="Of">Of how many.</param>
public readonly record struct Proportion(long Hits, long Of)
{
    private const double Z = 1.959964;

    /// <summary>The share; NaN of none.</summary>
    public double Value => (double)Hits / Of;

    /// <summary>Lower end of the interval.</summary>
    public double Low => Of == 0 ? 0 : Math.Max(0, Centre - Half);

    /// <summary>Upper end of the interval.</summary>
    public double High => Of == 0 ? 1 : Math.Min(1, Centre + Half);

    private double Centre => (Value + (Z * Z / (2 * Of))) / (1 + (Z * Z / Of));

    private double Half => Z / (1 + (Z * Z / Of)) * Math.Sqrt((Value * (1 - Value) / Of) + (Z * Z / (4.0 * Of * Of)));

    /// <summary>Both counts added.</summary>
    public static Proportion operator +(Proportion left, Proportion right) => new(left.Hits + right.Hits, left.Of + right.Of);

    /// <summary>As <c>99.12 % [98.9, 99.3]</c>; <c>-</c> of none.</summary>
    public override string ToString() => Of == 0
        ? "-"
        : string.Create(CultureInfo.InvariantCulture, $"{100 * Value:0.00} % [{100 * Low:0.00}, {100 * High:0.00}]");
}
