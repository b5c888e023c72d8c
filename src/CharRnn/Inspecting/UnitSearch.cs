using CharRnn.Networks;

namespace CharRnn.Inspecting;

/// <summary>Unit that tells a property.</summary>
/// <param name="Unit">The unit.</param>
/// <param name="Score">AUC, from 0.5, or |ρ|, on the first half of the text; the unit was chosen by it.</param>
/// <param name="SecondScore">The same measure, in the direction of the first half, on the second.</param>
/// <param name="IsPositive">Whether high values tell the property, or low ones.</param>
/// <param name="Threshold">
/// The value with the best balanced accuracy on the first half; null for a property that is a number.
/// </param>
/// <param name="Accuracy">Its balanced accuracy on the second half.</param>
internal sealed record FoundUnit(
    UnitId Unit,
    double Score,
    double SecondScore,
    bool IsPositive,
    float? Threshold,
    double? Accuracy
);

/// <summary>Result of a search.</summary>
/// <param name="Best">The best units, best first.</param>
/// <param name="Untrained">
/// The best unit of an untrained network of the same shape, found in the same way: what chance alone gives.
/// </param>
internal sealed record UnitSearchResult(IReadOnlyList<FoundUnit> Best, FoundUnit Untrained);

/// <summary>
/// Search for the units that best tell a property of a text: by AUC where it holds or not, by Spearman's ρ where it is
/// a number. Among many units some fit by chance, so they are chosen on the first half of the text and scored again on
/// the second. One layer's values are in memory at a time.
/// </summary>
internal static class UnitSearch
{
    private const int DefaultCount = 20;
    private const ulong UntrainedSeed = 1;

    /// <summary>Ranks all units.</summary>
    /// <param name="model">The network.</param>
    /// <param name="ids">The text.</param>
    /// <param name="range">The part that is read, from a state of zeros.</param>
    /// <param name="property">The property.</param>
    /// <param name="signals">The signals that are looked at; the states by default.</param>
    /// <param name="count">How many are kept.</param>
    /// <param name="label">The label of the whole text; null for none, or for each record's own.</param>
    /// <param name="cancellationToken">Stops early.</param>
    /// <exception cref="SettingsException">The property is the same at all positions of a half.</exception>
    public static UnitSearchResult Run(
        LanguageModel model,
        SymbolIds ids,
        IdRange range,
        TextProperty property,
        IReadOnlyList<UnitSignal>? signals = null,
        int count = DefaultCount,
        LabelBlend? label = null,
        CancellationToken cancellationToken = default
    )
    {
        float[] wanted = InspectedText.Of(ids, range, model.Vocabulary).Values(property);
        RequireVaried(property, wanted.AsSpan(0, wanted.Length / 2), "first");
        RequireVaried(property, wanted.AsSpan(wanted.Length / 2), "second");
        signals ??= UnitSignal.StatesOf(model.Spec);
        var best = Find(model, count);
        using var untrained = new LanguageModel(
            model.Spec,
            model.Vocabulary,
            seed: UntrainedSeed,
            labels: model.Labels
        );
        return new UnitSearchResult(best, Find(untrained, count: 1)[0]);

        List<FoundUnit> Find(LanguageModel network, int count)
        {
            var found = new List<FoundUnit>();
            using var scan = new UnitScan(network, label);
            for (int layer = 0; layer < network.Spec.NumLayers; layer++)
            {
                var values = new LayerValues(layer, signals, network.Spec.HiddenSize, wanted.Length);
                scan.Run(ids, range, values, cancellationToken: cancellationToken);
                var scorer = new UnitScorer(property, wanted);
                var ofLayer = new FoundUnit[signals.Count * network.Spec.HiddenSize];
                int current = layer;
                Parallel.For(
                    0,
                    ofLayer.Length,
                    new ParallelOptions { CancellationToken = cancellationToken },
                    i =>
                    {
                        var (signal, unit) = (i / network.Spec.HiddenSize, i % network.Spec.HiddenSize);
                        ofLayer[i] = scorer.Score(new UnitId(current, unit, signals[signal]), values.Of(signal, unit));
                    }
                );
                // The order of equal ones is that of layers, signals and units: the sort is stable.
                found = [.. found.Concat(ofLayer).OrderByDescending(unit => unit.Score).Take(count)];
            }
            return found;
        }
    }

    private static void RequireVaried(TextProperty property, ReadOnlySpan<float> half, string name)
    {
        if (half.IsEmpty || !half.ContainsAnyExcept(half[0]))
            throw new SettingsException(
                $"the property '{property.Name}' is the same at every character of the text's {name} half; "
                    + "give a longer text, or one where it changes."
            );
    }

    /// <summary>(signals, units, positions) of one layer.</summary>
    private sealed class LayerValues(int layer, IReadOnlyList<UnitSignal> signals, int hidden, int positions)
        : IUnitVisitor
    {
        private readonly float[][] _values =
        [
            .. Enumerable.Range(0, signals.Count * hidden).Select(_ => new float[positions]),
        ];

        public float[] Of(int signal, int unit) => _values[(signal * hidden) + unit];

        public void Visit(int visited, long position, UnitStep step)
        {
            if (visited != layer)
                return;
            for (int signal = 0; signal < signals.Count; signal++)
            {
                var values = step.Of(signals[signal]);
                for (int unit = 0; unit < hidden; unit++)
                    _values[(signal * hidden) + unit][position] = values[unit];
            }
        }
    }
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
    public FoundUnit Score(UnitId unit, float[] values)
    {
        if (values.AsSpan().ContainsAnyExceptInRange(float.MinValue, float.MaxValue))
            throw new ModelException(
                $"unit {unit.Unit} of layer {unit.Layer} is not a finite number: the model's weights are damaged."
            );
        Span<float> first = values.AsSpan(0, _half),
            second = values.AsSpan(_half);
        if (_holds.Length == 0)
        {
            double rho = RankStatistics.Spearman(RankStatistics.DoubledRanks(first), _first),
                later = RankStatistics.Spearman(RankStatistics.DoubledRanks(second), _second);
            return new FoundUnit(unit, Math.Abs(rho), rho < 0 ? -later : later, rho >= 0, null, null);
        }
        Span<bool> holdsFirst = _holds.AsSpan(0, _half),
            holdsSecond = _holds.AsSpan(_half);
        double auc = RankStatistics.Auc(first, holdsFirst),
            laterAuc = RankStatistics.Auc(second, holdsSecond);
        bool isPositive = auc >= Chance;
        float threshold = RankStatistics.BestThreshold(first, holdsFirst, isPositive);
        return new FoundUnit(
            unit,
            isPositive ? auc : 1 - auc,
            isPositive ? laterAuc : 1 - laterAuc,
            isPositive,
            threshold,
            RankStatistics.BalancedAccuracy(second, holdsSecond, threshold, isPositive)
        );
    }
}
