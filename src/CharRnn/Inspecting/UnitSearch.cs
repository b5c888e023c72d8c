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

/// <summary>Outcome of a search for one property among several.</summary>
/// <param name="Property">The property.</param>
/// <param name="Result">What was found; null if the search was refused.</param>
/// <param name="Refusal">Why it was refused: one line; null if it was not.</param>
internal sealed record UnitSearchOutcome(TextProperty Property, UnitSearchResult? Result, string? Refusal);

/// <summary>
/// Search for the units that best tell properties of a text: by AUC where one holds or not, by Spearman's ρ where it is
/// a number. Among many units some fit by chance, so they are chosen on the first half of the text and scored again on
/// the second. One layer's values are in memory at a time; each unit's are sorted once, for all properties.
/// </summary>
internal static class UnitSearch
{
    private const int DefaultCount = 20;
    private const ulong UntrainedSeed = 1;

    /// <summary>Ranks all units by one property.</summary>
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
        var outcome = Run(model, ids, range, [property], signals, count, label, cancellationToken)[0];
        return outcome.Result ?? throw new SettingsException(outcome.Refusal!);
    }

    /// <summary>Ranks all units by each of several properties, reading the text once for each layer.</summary>
    /// <param name="model">The network.</param>
    /// <param name="ids">The text.</param>
    /// <param name="range">The part that is read, from a state of zeros.</param>
    /// <param name="properties">The properties.</param>
    /// <param name="signals">The signals that are looked at; the states by default.</param>
    /// <param name="count">How many are kept for each property.</param>
    /// <param name="label">The label of the whole text; null for none, or for each record's own.</param>
    /// <param name="cancellationToken">Stops early.</param>
    /// <returns>(properties): one that is the same at all positions of a half is refused.</returns>
    public static IReadOnlyList<UnitSearchOutcome> Run(
        LanguageModel model,
        SymbolIds ids,
        IdRange range,
        IReadOnlyList<TextProperty> properties,
        IReadOnlyList<UnitSignal>? signals = null,
        int count = DefaultCount,
        LabelBlend? label = null,
        CancellationToken cancellationToken = default
    )
    {
        var text = InspectedText.Of(ids, range, model.Vocabulary);
        var scorers = new List<UnitScorer>();
        string?[] refusals = [.. properties.Select(property => TryAdd(property, text, scorers))];
        if (scorers.Count == 0)
            return [.. properties.Select((property, i) => new UnitSearchOutcome(property, null, refusals[i]))];
        var reading = new Reading(ids, range, signals ?? UnitSignal.StatesOf(model.Spec), label, cancellationToken);
        var best = reading.Find(model, scorers, count);
        using var untrained = new LanguageModel(
            model.Spec,
            model.Vocabulary,
            seed: UntrainedSeed,
            labels: model.Labels
        );
        var chance = reading.Find(untrained, scorers, count: 1);
        int searched = 0;
        return [.. properties.Select((property, i) => Outcome(property, refusals[i]))];

        UnitSearchOutcome Outcome(TextProperty property, string? refusal)
        {
            if (refusal is not null)
                return new UnitSearchOutcome(property, null, refusal);
            int place = searched++;
            return new UnitSearchOutcome(property, new UnitSearchResult(best[place], chance[place][0]), null);
        }
    }

    /// <summary>Adds the scorer of a property.</summary>
    /// <returns>Why there is none; null if there is.</returns>
    private static string? TryAdd(TextProperty property, InspectedText text, List<UnitScorer> scorers)
    {
        try
        {
            float[] wanted = text.Values(property);
            RequireVaried(property, wanted.AsSpan(0, wanted.Length / 2), "first");
            RequireVaried(property, wanted.AsSpan(wanted.Length / 2), "second");
            scorers.Add(new UnitScorer(property, wanted));
            return null;
        }
        catch (SettingsException e)
        {
            return e.Message;
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

    /// <summary>Reading of a text by any network, whose units are scored.</summary>
    private sealed record Reading(
        SymbolIds Ids,
        IdRange Range,
        IReadOnlyList<UnitSignal> Signals,
        LabelBlend? Label,
        CancellationToken CancellationToken
    )
    {
        /// <summary>The best units for each scorer, best first.</summary>
        public List<FoundUnit>[] Find(LanguageModel network, List<UnitScorer> scorers, int count)
        {
            List<FoundUnit>[] found = [.. scorers.Select(_ => new List<FoundUnit>())];
            int hidden = network.Spec.HiddenSize;
            using var scan = new UnitScan(network, Label);
            for (int layer = 0; layer < network.Spec.NumLayers; layer++)
            {
                var values = new LayerValues(layer, Signals, hidden, checked((int)Range.Length));
                scan.Run(Ids, Range, values, cancellationToken: CancellationToken);
                values.RequireFinite();
                FoundUnit[][] scored = [.. scorers.Select(_ => new FoundUnit[Signals.Count * hidden])];
                int current = layer;
                Parallel.For(
                    0,
                    Signals.Count * hidden,
                    new ParallelOptions { CancellationToken = CancellationToken },
                    i =>
                    {
                        var unit = new UnitId(current, i % hidden, Signals[i / hidden]);
                        var halves = new RankedHalves(values.Of(i));
                        for (int scorer = 0; scorer < scorers.Count; scorer++)
                            scored[scorer][i] = scorers[scorer].Score(unit, halves);
                    }
                );
                // The order of equal ones is that of layers, signals and units: the sort is stable.
                for (int scorer = 0; scorer < scorers.Count; scorer++)
                    found[scorer] =
                    [
                        .. found[scorer].Concat(scored[scorer]).OrderByDescending(unit => unit.Score).Take(count),
                    ];
            }
            return found;
        }
    }

    /// <summary>(signals · units, positions) of one layer.</summary>
    private sealed class LayerValues(int layer, IReadOnlyList<UnitSignal> signals, int hidden, int positions)
        : IUnitVisitor
    {
        private readonly float[][] _values =
        [
            .. Enumerable.Range(0, signals.Count * hidden).Select(_ => new float[positions]),
        ];

        public float[] Of(int row) => _values[row];

        public void RequireFinite()
        {
            for (int row = 0; row < _values.Length; row++)
            {
                if (_values[row].AsSpan().ContainsAnyExceptInRange(float.MinValue, float.MaxValue))
                    throw new ModelException(
                        $"unit {row % hidden} of layer {layer} is not a finite number: the model's weights are damaged."
                    );
            }
        }

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
