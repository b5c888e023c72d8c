namespace CharRnn.Inspecting;

/// <summary>One unit's values over both halves of a text, each sorted once.</summary>
internal sealed class RankedHalves(float[] values)
{
    /// <summary>The first half.</summary>
    public RankedValues First { get; } = new(values.AsSpan(0, values.Length / 2));

    /// <summary>The second half.</summary>
    public RankedValues Second { get; } = new(values.AsSpan(values.Length / 2));
}

/// <summary>Scorer of one unit's values against a property, on both halves of a text.</summary>
internal sealed class UnitScorer
{
    private const double Chance = 0.5;

    private readonly int _half;
    private readonly bool[] _holds = [];
    private readonly long[] _first = [],
        _second = [];

    /// <summary>Makes a scorer.</summary>
    /// <param name="property">The property.</param>
    /// <param name="wanted">(positions): its values.</param>
    public UnitScorer(TextProperty property, float[] wanted)
    {
        _half = wanted.Length / 2;
        if (property.IsBinary)
            _holds = Array.ConvertAll(wanted, value => value > 0);
        else
            (_first, _second) = (
                RankStatistics.DoubledRanks(wanted.AsSpan(0, _half)),
                RankStatistics.DoubledRanks(wanted.AsSpan(_half))
            );
    }

    /// <summary>Scores a unit.</summary>
    public FoundUnit Score(UnitId unit, RankedHalves values)
    {
        var (first, second) = (values.First, values.Second);
        if (_holds.Length == 0)
        {
            double rho = RankStatistics.Spearman(first.DoubledRanks, _first),
                later = RankStatistics.Spearman(second.DoubledRanks, _second);
            return new FoundUnit(unit, Math.Abs(rho), rho < 0 ? -later : later, rho >= 0, null, null);
        }
        Span<bool> holdsFirst = _holds.AsSpan(0, _half),
            holdsSecond = _holds.AsSpan(_half);
        double auc = first.Auc(holdsFirst),
            laterAuc = second.Auc(holdsSecond);
        bool isPositive = auc >= Chance;
        float threshold = first.BestThreshold(holdsFirst, isPositive);
        return new FoundUnit(
            unit,
            isPositive ? auc : 1 - auc,
            isPositive ? laterAuc : 1 - laterAuc,
            isPositive,
            threshold,
            RankStatistics.BalancedAccuracy(second.Values, holdsSecond, threshold, isPositive)
        );
    }
}
