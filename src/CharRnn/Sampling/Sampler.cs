using CharRnn.Engine;

namespace CharRnn.Sampling;

/// <summary>
/// Sampler of symbols: applies the temperature and softmax to logits, cuts by top-k, then top-p, then min-p, and draws
/// one symbol of the rest. The n-th draw of a stream is a function of (seed, stream, n).
/// </summary>
internal sealed class Sampler
{
    private readonly SamplingOptions _options;
    private readonly int[] _order;
    private readonly float[] _probabilities;
    private readonly bool _cuts;
    private readonly IComparer<int> _likeliestFirst;
    private readonly int? _neverDrawn;
    private readonly KeyValuePair<int, double>[] _bias;
    private float[] _allowed = [];

    /// <summary>Makes a sampler for a vocabulary.</summary>
    /// <param name="options">The sampling options.</param>
    /// <param name="symbols">V.</param>
    /// <param name="neverDrawn">The symbol that is never drawn, a vocabulary's unknown one; null for none.</param>
    /// <exception cref="SettingsException">An option cannot be used.</exception>
    public Sampler(SamplingOptions options, int symbols, int? neverDrawn = null)
    {
        options.Validate();
        _options = options;
        _neverDrawn = neverDrawn;
        _bias = options.LogitBias is { } bias ? [.. bias] : [];
        if (Array.Exists(_bias, pair => (uint)pair.Key >= (uint)symbols))
            throw new SettingsException(
                $"'LogitBias' names the id {Array.Find(_bias, pair => (uint)pair.Key >= (uint)symbols).Key}; the "
                    + $"vocabulary has the ids 0 to {symbols - 1}."
            );
        _order = new int[symbols];
        _probabilities = new float[Padding.RoundUp(symbols)];
        _cuts = options.TopK is not null || options.TopP is not null || options.MinP is not null;
        _likeliestFirst = Comparer<int>.Create(
            (a, b) =>
                _probabilities[a] != _probabilities[b] ? _probabilities[b].CompareTo(_probabilities[a]) : a.CompareTo(b)
        );
    }

    /// <summary>Chooses the next symbol.</summary>
    /// <param name="logits">The logits, (V).</param>
    /// <param name="stream">The stream of the draw.</param>
    /// <param name="draw">Number of symbols the stream has drawn before.</param>
    /// <param name="text">The text so far, where the options ask something of it.</param>
    /// <exception cref="ModelException">The logits are not numbers.</exception>
    public int Choose(ReadOnlySpan<float> logits, ulong stream, ulong draw, TextSoFar? text = null)
    {
        if (logits.Length != _order.Length)
            throw new ArgumentException(
                $"logits has {logits.Length} floats; V={_order.Length} are needed.",
                nameof(logits)
            );
        if (_neverDrawn is not null || text is not null || _bias.Length > 0)
            logits = Adjusted(logits, text);
        if (_options.Temperature == 0)
            return Likeliest(logits);
        Distribute(logits);
        double unit = CounterRandom.UnitInterval(
            CounterRandom.Draw(_options.Seed, RandomPurpose.Sampling, stream, draw)
        );
        if (!_cuts)
            return DrawFromAll(unit, logits);
        int kept = Keep(out double total);
        double at = unit * total;
        for (int rank = 0; rank < kept; rank++)
        {
            at -= _probabilities[_order[rank]];
            if (at < 0)
                return _order[rank];
        }
        return _order[kept - 1];
    }

    /// <summary>The probabilities that <see cref="Choose"/> draws by; 0 of symbols that are cut.</summary>
    /// <param name="logits">The logits, (V).</param>
    /// <param name="text">The text so far, where the options ask something of it.</param>
    /// <exception cref="ModelException">The logits are not numbers.</exception>
    public double[] Distribution(ReadOnlySpan<float> logits, TextSoFar? text = null)
    {
        if (_neverDrawn is not null || text is not null || _bias.Length > 0)
            logits = Adjusted(logits, text);
        double[] distribution = new double[_order.Length];
        if (_options.Temperature == 0)
        {
            distribution[Likeliest(logits)] = 1;
            return distribution;
        }
        Distribute(logits);
        int kept = Keep(out double total);
        for (int rank = 0; rank < kept; rank++)
            distribution[_order[rank]] = _probabilities[_order[rank]] / total;
        return distribution;
    }

    private ReadOnlySpan<float> Adjusted(ReadOnlySpan<float> logits, TextSoFar? text)
    {
        if (_allowed.Length == 0)
            _allowed = new float[logits.Length];
        logits.CopyTo(_allowed);
        foreach (var (id, bias) in _bias)
            _allowed[id] = (float)(_allowed[id] + bias);
        if (_neverDrawn is { } never)
            _allowed[never] = float.NegativeInfinity;
        text?.Adjust(_allowed);
        return _allowed;
    }

    internal static ModelException NotNumbers() =>
        new(
            "the model's output is not a number: its weights are damaged, or training had diverged; use an "
                + "earlier checkpoint."
        );

    /// <summary>The first of the largest logits. Some may be −∞, but the largest is a number.</summary>
    private static int Likeliest(ReadOnlySpan<float> logits)
    {
        int best = 0;
        for (int id = 0; id < logits.Length; id++)
        {
            if (float.IsNaN(logits[id]))
                throw NotNumbers();
            if (logits[id] > logits[best])
                best = id;
        }
        return float.IsFinite(logits[best]) ? best : throw NotNumbers();
    }

    /// <summary>
    /// Computes the probabilities at the temperature; the largest logit is subtracted first, so that no temperature
    /// overflows.
    /// </summary>
    private void Distribute(ReadOnlySpan<float> logits)
    {
        logits.CopyTo(_probabilities);
        if (_options.Temperature != 1)
            Temper(_probabilities.AsSpan(0, logits.Length));
        // Logits that are not numbers, or none of which is above −∞, have no sum.
        if (!double.IsFinite(Softmax.Normalize(_probabilities, logits.Length)))
            throw NotNumbers();
    }

    private void Temper(Span<float> logits)
    {
        float largest = logits[Likeliest(logits)],
            coldness = (float)Math.Min(1 / _options.Temperature, float.MaxValue);
        for (int id = 0; id < logits.Length; id++)
            logits[id] = (logits[id] - largest) * coldness;
    }

    /// <summary>Draws one of all symbols; a remainder left by rounding goes to the likeliest.</summary>
    private int DrawFromAll(double unit, ReadOnlySpan<float> logits)
    {
        for (int id = 0; id < _order.Length; id++)
        {
            unit -= _probabilities[id];
            if (unit < 0)
                return id;
        }
        return Likeliest(logits);
    }

    /// <summary>
    /// Orders the symbols that may be drawn first, and gives their number and total probability.
    /// </summary>
    private int Keep(out double total)
    {
        for (int id = 0; id < _order.Length; id++)
            _order[id] = id;
        Array.Sort(_order, _likeliestFirst);
        int kept = Math.Min(_options.TopK ?? _order.Length, _order.Length);
        double reached = 0;
        double floor = (_options.MinP ?? 0) * _probabilities[_order[0]];
        double topKTotal = 0;
        for (int rank = 0; rank < kept; rank++)
            topKTotal += _probabilities[_order[rank]];
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
