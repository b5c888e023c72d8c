using CharRnn.Networks;
using CharRnn.Sampling;

namespace CharRnn;

/// <summary>Candidate for the next symbol, with its probability.</summary>
/// <param name="Id">The symbol.</param>
/// <param name="Probability">From 0 to 1.</param>
public readonly record struct NextSymbol(int Id, double Probability)
{
    /// <summary>The likeliest symbols, the likeliest first; of equal ones the lowest id.</summary>
    /// <param name="logits">(V).</param>
    /// <param name="most">Max number of symbols.</param>
    /// <param name="temperature">The temperature, above 0.</param>
    /// <param name="unknown">The vocabulary's unknown symbol, which is left out; null for none.</param>
    internal static IReadOnlyList<NextSymbol> Likeliest(float[] logits, int most, double temperature, int? unknown)
    {
        double largest = logits.Max();
        double[] weights = [.. logits.Select(logit => Math.Exp((logit - largest) / temperature))];
        double sum = weights.Sum();
        return
        [
            .. weights
                .Select((weight, id) => new NextSymbol(id, weight / sum))
                .OrderByDescending(next => next.Probability)
                .Where(next => next.Id != unknown)
                .Take(most),
        ];
    }
}

/// <summary>
/// Session in which a person and a model write a text together, symbol by symbol, with undo. If only the model chooses,
/// the text is that of <see cref="TextGenerator.Ids"/>. A choice that was undone is drawn again, with another random
/// number.
/// </summary>
public sealed class WritingSession : IDisposable
{
    // Undo continues from a saved state, and reads at most this many symbols again.
    private const int SymbolsBetweenStates = 32;

    private readonly StepSession _session;
    private readonly int? _boundary,
        _unknown;
    private readonly int _start;
    private readonly int[] _prompt;
    private readonly Vocabulary _vocabulary;
    private readonly List<int> _read = [];
    private readonly List<NetworkState> _states = [];

    // (V).
    private readonly float[] _logits;
    private SamplingOptions _options;
    private Sampler _sampler;
    private ulong _draws;

    // The text so far, and how much of what was written it holds; made when the model chooses.
    private TextSoFar? _text;
    private int? _textLength;

    /// <summary>Begins a text with a prompt.</summary>
    /// <param name="model">The model.</param>
    /// <param name="prompt">
    /// The first ids; if empty, the text begins as in <see cref="TextGenerator.Ids"/>.
    /// </param>
    /// <param name="options">The sampling options.</param>
    /// <param name="label">The label of the text, for a model with labels.</param>
    /// <exception cref="SettingsException">An option cannot be used.</exception>
    public WritingSession(
        LanguageModel model,
        IReadOnlyList<int> prompt,
        SamplingOptions options,
        LabelBlend? label = null
    )
    {
        int[] start = TextGenerator.Start(model, prompt);
        LanguageModel.RequireKnown(start, model.Spec.VocabularySize);
        _boundary = model.Vocabulary.BoundaryId;
        _unknown = model.Vocabulary.UnknownId;
        _logits = new float[model.Vocabulary.Count];
        (_prompt, _vocabulary) = ([.. prompt], model.Vocabulary);
        (_options, _sampler, _start) = (options, new Sampler(options, model.Vocabulary.Count), start.Length);
        _session = model.NewSession(label: label);
        foreach (int id in start)
            Read(id);
    }

    /// <summary>The symbols written after the prompt.</summary>
    public IEnumerable<int> Written => _read.Skip(_start);

    /// <summary>Number of symbols written after the prompt.</summary>
    public int Length => _read.Count - _start;

    /// <summary>
    /// Whether the text has ended; until that is undone nothing more can be written.
    /// </summary>
    public bool HasEnded { get; private set; }

    /// <summary>The sampling options from now on.</summary>
    /// <exception cref="SettingsException">An option cannot be used.</exception>
    public SamplingOptions Options
    {
        get => _options;
        set => (_sampler, _options, _textLength) = (new Sampler(value, _logits.Length), value, null);
    }

    /// <summary>
    /// The likeliest symbols, the likeliest first, with their probabilities at the temperature before any cut; at
    /// temperature 0, those of the model.
    /// </summary>
    /// <param name="most">Max number of symbols.</param>
    public IReadOnlyList<NextSymbol> Candidates(int most) =>
        NextSymbol.Likeliest(_logits, most, _options.Temperature > 0 ? _options.Temperature : 1, _unknown);

    /// <summary>Writes a symbol.</summary>
    public void Add(int id)
    {
        LanguageModel.RequireKnown([id], _logits.Length);
        if (HasEnded)
            return;
        if (id == _boundary)
            HasEnded = true;
        else
            Read(id);
    }

    /// <summary>Lets the model write a symbol, or end the text.</summary>
    /// <exception cref="ModelException">The model's output is not a number.</exception>
    public void Choose()
    {
        if (!HasEnded)
            Add(_sampler.Choose(_logits, stream: 0, _draws++, Text()));
    }

    /// <summary>Undoes the text's end, or the last symbol written.</summary>
    /// <returns>Whether there was something to undo.</returns>
    public bool Undo()
    {
        if (HasEnded)
        {
            HasEnded = false;
            return true;
        }
        if (Length == 0)
            return false;
        _textLength = null;
        int[] kept = [.. _read.SkipLast(1)];
        // At least one symbol is read again, since a saved state has no logits.
        int states = (kept.Length - 1) / SymbolsBetweenStates;
        _states.RemoveRange(states, _states.Count - states);
        _read.RemoveRange(states * SymbolsBetweenStates, _read.Count - states * SymbolsBetweenStates);
        if (states > 0)
            _session.SetState(_states[^1]);
        else
            _session.Reset();
        foreach (int id in kept.AsSpan(_read.Count))
            Read(id);
        return true;
    }

    /// <inheritdoc/>
    public void Dispose() => _session.Dispose();

    /// <summary>The text so far, brought up to what was written; null where the options ask nothing of it.</summary>
    private TextSoFar? Text()
    {
        if (_textLength is null)
            (_text, _textLength) = (TextSoFar.Of(_options, _vocabulary, _prompt), 0);
        for (; _text is not null && _textLength < Length; _textLength++)
            _text.Add(_read[_start + _textLength.Value]);
        return _text;
    }

    private void Read(int id)
    {
        _session.Step(id).CopyTo(_logits);
        // The unknown symbol stands for characters that cannot be written.
        if (_unknown is { } unknown)
            _logits[unknown] = float.NegativeInfinity;
        _read.Add(id);
        if (_read.Count % SymbolsBetweenStates == 0)
            _states.Add(_session.CopyState());
    }
}
