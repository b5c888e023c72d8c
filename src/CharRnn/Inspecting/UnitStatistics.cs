namespace CharRnn.Inspecting;

/// <summary>Histogram of a unit's values.</summary>
/// <param name="Low">Where the first bin begins.</param>
/// <param name="High">Where the last one ends.</param>
/// <param name="Counts">(bins): how many values are in each; one beyond an end counts in the bin there.</param>
/// <param name="Mean">Their mean.</param>
/// <param name="Deviation">Their standard deviation.</param>
internal sealed record UnitHistogram(double Low, double High, IReadOnlyList<long> Counts, double Mean, double Deviation)
{
    /// <summary>Counts the values of a unit.</summary>
    /// <param name="values">(positions): the values.</param>
    /// <param name="low">Where the first bin begins.</param>
    /// <param name="high">Where the last one ends.</param>
    /// <param name="bins">Number of bins.</param>
    public static UnitHistogram Of(ReadOnlySpan<float> values, double low, double high, int bins)
    {
        long[] counts = new long[bins];
        double sum = 0,
            squares = 0;
        foreach (float value in values)
        {
            int bin = (int)Math.Clamp((value - low) / (high - low) * bins, 0, bins - 1);
            counts[bin]++;
            sum += value;
            squares += (double)value * value;
        }
        double mean = sum / values.Length,
            variance = Math.Max(0, (squares / values.Length) - (mean * mean));
        return new UnitHistogram(low, high, counts, mean, Math.Sqrt(variance));
    }
}

/// <summary>Saturation of a gate of a layer: of a tanh, low is below −0.95 and high above 0.95.</summary>
/// <param name="Layer">The layer.</param>
/// <param name="Gate">Name of the gate; <c>hidden</c> for a cell without gates.</param>
/// <param name="Low">Share of its values below 0.05, over all units and positions: the gate is nearly shut.</param>
/// <param name="High">Share above 0.95: it is nearly open.</param>
internal sealed record GateSaturation(int Layer, string Gate, double Low, double High)
{
    private const float Margin = 0.05f;
    private const string Candidate = "candidate";

    /// <summary>
    /// Measures all gates of a network over a text, as Karpathy, Johnson and Fei-Fei, "Visualizing and understanding
    /// recurrent networks", 2015, do.
    /// </summary>
    /// <param name="model">The network.</param>
    /// <param name="ids">The text.</param>
    /// <param name="range">The part that is read, from a state of zeros.</param>
    /// <param name="label">The label of the whole text; null for none, or for each record's own.</param>
    /// <param name="cancellationToken">Stops early.</param>
    public static IReadOnlyList<GateSaturation> Of(
        LanguageModel model,
        SymbolIds ids,
        IdRange range,
        LabelBlend? label = null,
        CancellationToken cancellationToken = default
    )
    {
        var gates = UnitSignal.Of(model.Spec).Where(signal => signal.Gate is not null).ToList();
        if (gates.Count == 0)
            gates = [UnitSignal.Hidden];
        var counter = new Counter(gates, model.Spec.NumLayers);
        using var scan = new UnitScan(model, label);
        scan.Run(ids, range, counter, cancellationToken: cancellationToken);
        double values = (double)range.Length * model.Spec.HiddenSize;
        return
        [
            .. from layer in Enumerable.Range(0, model.Spec.NumLayers)
            from gate in Enumerable.Range(0, gates.Count)
            select new GateSaturation(
                layer,
                gates[gate].Name,
                counter.Low[layer, gate] / values,
                counter.High[layer, gate] / values
            ),
        ];
    }

    private sealed class Counter(List<UnitSignal> gates, int layers) : IUnitVisitor
    {
        public long[,] Low { get; } = new long[layers, gates.Count];

        public long[,] High { get; } = new long[layers, gates.Count];

        public void Visit(int layer, long position, UnitStep step)
        {
            for (int gate = 0; gate < gates.Count; gate++)
            {
                bool isSigmoid = gates[gate].Gate is not null && gates[gate].Name != Candidate;
                float low = isSigmoid ? Margin : Margin - 1;
                foreach (float value in step.Of(gates[gate]))
                {
                    if (value < low)
                        Low[layer, gate]++;
                    else if (value > 1 - Margin)
                        High[layer, gate]++;
                }
            }
        }
    }
}
