namespace CharRnn.Sampling;

/// <summary>
/// Chooses symbols: logits are tempered, made a distribution, cut by top-k, then top-p, then min-p, and one symbol is drawn from what is left.
/// The n-th draw of a stream is a function of (seed, stream, n).
/// </summary>
public sealed class Sampler
{
    private readonly SamplingOptions _options;
    private readonly int[] _order;
    private readonly double[] _probabilities;
    private readonly IComparer<int> _likeliestFirst;

    /// <summary>A sampler for a vocabulary.</summary>
    /// <param name="options">How to choose.</param>
    /// <param name="symbols">V.</param>
    /// <exception cref="SettingsException">An option cannot be used.</exception>
    public Sampler(SamplingOptions options, int symbols)
    {
        options.Validate();
        _options = options;
        _order = new int[symbols];
        _probabilities = new double[symbols];
        _likeliestFirst = Comparer<int>.Create((a, b) =>
            _probabilities[a] != _probabilities[b] ? _probabilities[b].CompareTo(_probabilities[a]) : a.CompareTo(b));
    }

    /// <summary>Chooses the next symbol.</summary>
    /// <param name="logits">(V).</param>
    /// <param name="stream">Which stream of text draws.</param>
    /// <param name="draw">How many symbols it has drawn before.</param>
    /// <exception cref="ModelException">The logits are not numbers.</exception>
    public int Choose(ReadOnlySpan<float> logits, ulong stream, ulong draw)
    {
        if (logits.Length != _order.Length) throw new ArgumentException($"logits has {logits.Length} floats; V={_order.Length} are needed.", nameof(logits));
        int best = 0;
        for (int id = 0; id < logits.Length; id++)
        {
            if (float.IsNaN(logits[id])) throw NotNumbers();
            if (logits[id] > logits[best]) best = id;
        }
        // Some logits may be −∞, which is never drawn; the best of them is a number.
        if (!float.IsFinite(logits[best])) throw NotNumbers();
        if (_options.Temperature == 0) return best;
        double total = Distribute(logits, logits[best]);
        int kept = Keep(ref total);
        double at = CounterRandom.UnitInterval(CounterRandom.Draw(_options.Seed, RandomPurpose.Sampling, stream, draw)) * total;
        for (int rank = 0; rank < kept; rank++)
        {
            at -= _probabilities[_order[rank]];
            if (at < 0) return _order[rank];
        }
        return _order[kept - 1];
    }

    private static ModelException NotNumbers() => new("the model's output is not a number: its weights are damaged, or training had diverged; use an earlier checkpoint.");

    private double Distribute(ReadOnlySpan<float> logits, float largest)
    {
        double total = 0;
        for (int id = 0; id < logits.Length; id++)
        {
            _order[id] = id;
            total += _probabilities[id] = Math.Exp((logits[id] - (double)largest) / _options.Temperature);
        }
        for (int id = 0; id < logits.Length; id++) _probabilities[id] /= total;
        return 1;
    }

    /// <summary>Puts what may be drawn first in the order, and says how many they are and what they weigh together.</summary>
    private int Keep(ref double total)
    {
        if (_options.TopK is null && _options.TopP is null && _options.MinP is null) return _order.Length;
        Array.Sort(_order, _likeliestFirst);
        int kept = Math.Min(_options.TopK ?? _order.Length, _order.Length);
        double reached = 0;
        double floor = (_options.MinP ?? 0) * _probabilities[_order[0]];
        double topKTotal = 0;
        for (int rank = 0; rank < kept; rank++) topKTotal += _probabilities[_order[rank]];
        for (int rank = 0; rank < kept; rank++)
        {
            double probability = _probabilities[_order[rank]];
            bool isEnough = _options.TopP is { } topP && reached >= topP * topKTotal;
            if (rank > 0 && (isEnough || probability < floor))
            {
                kept = rank;
                break;
            }
            reached += probability;
        }
        total = reached;
        return kept;
    }
}
