namespace CharRnn.Inspecting;

/// <summary>
/// Unit that is on in exactly a span: beyond a threshold at all its positions, and at neither neighbor (Strobelt and
/// others, LSTMVis, 2018).
/// </summary>
/// <param name="Unit">The unit.</param>
/// <param name="IsPositive">Whether on means at or above the threshold, or at or below its negative.</param>
/// <param name="OnElsewhere">The share of positions outside the span where it is on; the rarest come first.</param>
internal sealed record SpanMatch(UnitId Unit, bool IsPositive, double OnElsewhere)
{
    /// <summary>Finds units.</summary>
    /// <param name="model">The network.</param>
    /// <param name="ids">The text.</param>
    /// <param name="range">The part that is read, from a state of zeros.</param>
    /// <param name="span">The span, counted from the beginning of the range.</param>
    /// <param name="threshold">The threshold, above 0.</param>
    /// <param name="label">The label of the whole text; null for none, or for each record's own.</param>
    /// <param name="cancellationToken">Stops early.</param>
    /// <exception cref="SettingsException">The span is empty or leaves the range, or the threshold is not above 0.</exception>
    public static IReadOnlyList<SpanMatch> Find(
        LanguageModel model,
        SymbolIds ids,
        IdRange range,
        IdRange span,
        float threshold,
        LabelBlend? label = null,
        CancellationToken cancellationToken = default
    )
    {
        if (span.Length < 1 || span.Start < 0 || span.End > range.Length)
            throw new SettingsException(
                $"the span {span.Start} to {span.End} must hold a character of the text, which has {range.Length}."
            );
        if (!(threshold > 0))
            throw new SettingsException(
                FormattableString.Invariant($"the threshold is {threshold}; it must be above 0.")
            );
        var counter = new Counter(model.Spec, span, threshold);
        using var scan = new UnitScan(model, label);
        scan.Run(ids, range, counter, cancellationToken: cancellationToken);
        long elsewhere = Math.Max(1, range.Length - span.Length);
        return [.. counter.Matches(elsewhere).OrderBy(match => match.OnElsewhere)];
    }

    private sealed class Counter(ModelSpec spec, IdRange span, float threshold) : IUnitVisitor
    {
        private readonly IReadOnlyList<UnitSignal> _signals = UnitSignal.StatesOf(spec);

        // By layer, signal, unit and sign.
        private readonly long[] _elsewhere = new long[Size(spec)];
        private readonly bool[] _fails = new bool[Size(spec)];

        public void Visit(int layer, long position, UnitStep step)
        {
            bool isInside = position >= span.Start && position < span.End,
                isBeside = position == span.Start - 1 || position == span.End;
            for (int signal = 0; signal < _signals.Count; signal++)
            {
                var values = step.Of(_signals[signal]);
                int first = ((layer * _signals.Count) + signal) * spec.HiddenSize * 2;
                for (int unit = 0; unit < values.Length; unit++)
                {
                    Count(first + (unit * 2), values[unit] >= threshold);
                    Count(first + (unit * 2) + 1, values[unit] <= -threshold);
                }
            }

            void Count(int index, bool isOn)
            {
                _fails[index] |= isInside ? !isOn : isBeside && isOn;
                _elsewhere[index] += isOn && !isInside ? 1 : 0;
            }
        }

        public IEnumerable<SpanMatch> Matches(long positions)
        {
            for (int i = 0; i < _fails.Length; i++)
            {
                if (_fails[i])
                    continue;
                int unit = i / 2 % spec.HiddenSize,
                    row = i / 2 / spec.HiddenSize;
                var id = new UnitId(row / _signals.Count, unit, _signals[row % _signals.Count]);
                yield return new SpanMatch(id, i % 2 == 0, (double)_elsewhere[i] / positions);
            }
        }

        private static int Size(ModelSpec spec) =>
            checked(spec.NumLayers * UnitSignal.StatesOf(spec).Count * spec.HiddenSize * 2);
    }
}
