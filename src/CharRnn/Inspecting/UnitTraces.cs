using CharRnn.Engine;

namespace CharRnn.Inspecting;

/// <summary>Candidate for the next symbol.</summary>
/// <param name="Id">The symbol.</param>
/// <param name="Probability">Its probability.</param>
internal readonly record struct Candidate(int Id, double Probability);

/// <summary>What a network expected after a position.</summary>
/// <param name="Likeliest">The ten likeliest symbols, the likeliest first; equal ones by id.</param>
/// <param name="Bits">−log₂ p of the symbol that came; null after the last.</param>
internal sealed record Expectation(IReadOnlyList<Candidate> Likeliest, double? Bits);

/// <summary>
/// Traces of chosen units over a text, with what the network expected after each position; from one pass.
/// </summary>
/// <param name="Values">(units, positions).</param>
/// <param name="Expected">(positions).</param>
internal sealed record UnitTraces(float[][] Values, IReadOnlyList<Expectation> Expected)
{
    private const int Candidates = 10;

    /// <summary>Traces units.</summary>
    /// <param name="model">The network.</param>
    /// <param name="ids">The text.</param>
    /// <param name="range">The part that is read, from a state of zeros.</param>
    /// <param name="units">The units.</param>
    /// <param name="label">The label of the whole text; null for none, or for each record's own.</param>
    /// <param name="cancellationToken">Stops early.</param>
    /// <exception cref="SettingsException">The network lacks a unit, or the text the labels it needs.</exception>
    public static UnitTraces Of(
        LanguageModel model,
        SymbolIds ids,
        IdRange range,
        IReadOnlyList<UnitId> units,
        LabelBlend? label = null,
        CancellationToken cancellationToken = default
    )
    {
        foreach (var unit in units)
            unit.Require(model.Spec);
        var collector = new Collector(units, checked((int)range.Length));
        using var scan = new UnitScan(model, label);
        scan.Run(ids, range, collector, collector, cancellationToken);
        return new UnitTraces(collector.Values, collector.Expected);
    }

    private static Expectation Expect(ReadOnlySpan<float> logits, int? next)
    {
        double logSum = Softmax.LogSumExp(logits);
        var best = new List<int>(Candidates + 1);
        for (int id = 0; id < logits.Length; id++)
        {
            int place = best.Count;
            while (place > 0 && logits[best[place - 1]] < logits[id])
                place--;
            if (place == Candidates)
                continue;
            best.Insert(place, id);
            if (best.Count > Candidates)
                best.RemoveAt(Candidates);
        }
        var likeliest = new Candidate[best.Count];
        for (int i = 0; i < likeliest.Length; i++)
            likeliest[i] = new(best[i], Math.Exp(logits[best[i]] - logSum));
        double? bits = next is { } came ? (logSum - logits[came]) / Math.Log(2) : null;
        return new Expectation(likeliest, bits);
    }

    private sealed class Collector(IReadOnlyList<UnitId> units, int positions) : IUnitVisitor, IPredictionVisitor
    {
        public float[][] Values { get; } = [.. units.Select(_ => new float[positions])];

        public List<Expectation> Expected { get; } = new(positions);

        public void Visit(int layer, long position, UnitStep step)
        {
            for (int i = 0; i < units.Count; i++)
            {
                if (units[i].Layer == layer)
                    Values[i][position] = step.Of(units[i].Signal)[units[i].Unit];
            }
        }

        public void Visit(long position, ReadOnlySpan<float> logits, int? next) => Expected.Add(Expect(logits, next));
    }
}
