using CharRnn.Engine;
using CharRnn.Networks;

namespace CharRnn.Sampling;

/// <summary>Reason for which a generation has ended.</summary>
internal enum GenerationEnd
{
    /// <summary>It has as many symbols as were asked for.</summary>
    Length,

    /// <summary>It ended by itself: at a boundary or before a stop text.</summary>
    Stop,

    /// <summary>It was cancelled.</summary>
    Cancelled,

    /// <summary>The model's output is not a number.</summary>
    Failed,
}

/// <summary>Symbol with its log-probability.</summary>
/// <param name="Id">The symbol.</param>
/// <param name="LogProbability">Its ln p, at temperature 1, without bias, penalties and cuts.</param>
internal readonly record struct ScoredSymbol(int Id, double LogProbability);

/// <summary>Score of a symbol of a text, with the likeliest symbols in its place.</summary>
/// <param name="Symbol">The symbol that came.</param>
/// <param name="Likeliest">The likeliest, the likeliest first, as many as were asked for.</param>
internal sealed record SymbolScore(ScoredSymbol Symbol, IReadOnlyList<ScoredSymbol> Likeliest);

/// <summary>
/// Receiver of what a generation writes, called by the thread that computes it: it neither waits nor throws.
/// </summary>
internal interface IGenerationObserver
{
    /// <summary>A symbol of the prompt was scored; called in order, where scores of the prompt are asked for.</summary>
    void PromptScored(SymbolScore score);

    /// <summary>Symbols were written: those that may be shown, since no stop text begins with them.</summary>
    /// <param name="ids">The symbols.</param>
    /// <param name="scores">The score of each; empty where none are asked for.</param>
    void Written(ReadOnlySpan<int> ids, ReadOnlySpan<SymbolScore> scores);

    /// <summary>The generation is over; nothing comes after this.</summary>
    /// <param name="end">Why.</param>
    /// <param name="failure">What failed, where that is the reason.</param>
    void Ended(GenerationEnd end, ModelException? failure);
}

/// <summary>What a generation is asked for.</summary>
internal sealed record GenerationRequest
{
    /// <summary>The ids of the prompt; if empty, the text begins as in <see cref="TextGenerator.Ids"/>.</summary>
    public required IReadOnlyList<int> Prompt { get; init; }

    /// <summary>The sampling options.</summary>
    public required SamplingOptions Options { get; init; }

    /// <summary>Max number of symbols to write; 0 to read, and score, the prompt alone.</summary>
    public required int MaxSymbols { get; init; }

    /// <summary>Number of the text among those of one seed.</summary>
    public ulong Stream { get; init; }

    /// <summary>The ids of texts before which it ends.</summary>
    public IReadOnlyList<IReadOnlyList<int>> Stops { get; init; } = [];

    /// <summary>The label of the text, for a model with labels.</summary>
    public LabelBlend? Label { get; init; }

    /// <summary>Number of likeliest symbols in each score; null, the default, for no scores.</summary>
    public int? Likeliest { get; init; }

    /// <summary>Whether the prompt is scored too.</summary>
    public bool ScoresPrompt { get; init; }
}

/// <summary>
/// Text while it is generated, symbol by symbol, beside any others (<see cref="ContinuousBatcher"/>): it has its own
/// state, and is the text that its request gives alone.
/// </summary>
internal sealed class Generation
{
    private readonly GenerationRequest _request;
    private readonly IGenerationObserver _observer;
    private readonly int[] _start;
    private readonly Sampler _sampler;
    private readonly TextSoFar? _text;
    private readonly WrittenText _written;

    // Of the symbols that were sampled and not yet released.
    private readonly Queue<SymbolScore> _scores = new();

    // (V padded); empty without scores.
    private readonly float[] _scratch;
    private int _read,
        _last;
    private ulong _draws;
    private volatile bool _isCancelled;

    /// <summary>Begins a text.</summary>
    /// <param name="model">The model.</param>
    /// <param name="request">What is asked for.</param>
    /// <param name="observer">Receives what is written.</param>
    /// <exception cref="SettingsException">The request cannot be fulfilled.</exception>
    public Generation(LanguageModel model, GenerationRequest request, IGenerationObserver observer)
    {
        (Model, _request, _observer) = (model, request, observer);
        model.RequireLabel(request.Label);
        _start = TextGenerator.Start(model, request.Prompt);
        LanguageModel.RequireKnown(_start, model.Spec.VocabularySize);
        var vocabulary = model.Vocabulary;
        _sampler = new Sampler(request.Options, vocabulary.Count, vocabulary.UnknownId);
        _text = TextSoFar.Of(request.Options, vocabulary, request.Prompt, request.Stops);
        _written = new WrittenText(request.MaxSymbols, request.Stops, vocabulary.BoundaryId);
        _scratch = request.Likeliest is null ? [] : new float[Padding.RoundUp(vocabulary.Count)];
        State = new NetworkState(model.Spec, streams: 1);
    }

    /// <summary>The model.</summary>
    public LanguageModel Model { get; }

    /// <summary>The label of the text; null for a model without labels.</summary>
    public LabelBlend? Label => _request.Label;

    /// <summary>The state after what was read, outside a batch.</summary>
    public NetworkState State { get; }

    /// <summary>Whether nothing more is to be computed.</summary>
    public bool IsOver { get; private set; }

    /// <summary>The symbol to read next.</summary>
    public int Input => _read < _start.Length ? _start[_read] : _last;

    /// <summary>Whether the logits after <see cref="Input"/> are of use.</summary>
    public bool NeedsLogits => _read + 1 >= _start.Length || _request is { ScoresPrompt: true, Likeliest: not null };

    /// <summary>Whether it can be stepped beside another.</summary>
    public bool GoesWith(Generation other) => Model == other.Model && Label?.Name == other.Label?.Name;

    /// <summary>Asks the text to end where it is, from any thread.</summary>
    public void Cancel() => _isCancelled = true;

    /// <summary>Ends the text if there is nothing to compute: when it was cancelled, or needs no step.</summary>
    /// <returns>Whether it is over.</returns>
    public bool EndIfDone()
    {
        if (IsOver)
            return true;
        if (_isCancelled)
            End(GenerationEnd.Cancelled);
        else if (_request.MaxSymbols == 0 && _read + 1 >= _start.Length)
            End(GenerationEnd.Length);
        return IsOver;
    }

    /// <summary>Goes on after a step that read <see cref="Input"/>.</summary>
    /// <param name="logits">(V) of what comes next; empty if they are not needed.</param>
    public void Advance(ReadOnlySpan<float> logits)
    {
        try
        {
            _read++;
            if (_read >= _start.Length)
                Sample(logits);
            else if (!logits.IsEmpty && NeedsScore(_request.ScoresPrompt))
                _observer.PromptScored(Score(logits, _start[_read]));
        }
        catch (ModelException failure)
        {
            Fail(failure);
        }
    }

    /// <summary>Ends the text by a failure.</summary>
    public void Fail(ModelException failure)
    {
        if (!IsOver)
            End(GenerationEnd.Failed, failure);
    }

    private bool NeedsScore(bool isAsked) => isAsked && _request.Likeliest is not null;

    private void Sample(ReadOnlySpan<float> logits)
    {
        _last = _sampler.Choose(logits, _request.Stream, _draws++, _text);
        _text?.Add(_last);
        if (NeedsScore(isAsked: true))
            _scores.Enqueue(Score(logits, _last));
        _written.Add(_last);
        int[] released = _written.TakeReleased();
        if (released.Length > 0)
        {
            SymbolScore[] scores = _scratch.Length == 0 ? [] : [.. released.Select(_ => _scores.Dequeue())];
            _observer.Written(released, scores);
        }
        if (_written.IsOver)
            End(_written.HasEnded ? GenerationEnd.Stop : GenerationEnd.Length);
    }

    private void End(GenerationEnd end, ModelException? failure = null)
    {
        IsOver = true;
        _observer.Ended(end, failure);
    }

    private SymbolScore Score(ReadOnlySpan<float> logits, int id)
    {
        logits.CopyTo(_scratch);
        double logProbability = -Softmax.CrossEntropy(_scratch, logits.Length, id);
        if (double.IsNaN(logProbability))
            throw Sampler.NotNumbers();
        int[] ids = Likeliest(logits, _request.Likeliest!.Value);
        var likeliest = ids.Length == 0 ? [] : new ScoredSymbol[ids.Length];
        for (int rank = 0; rank < ids.Length; rank++)
            likeliest[rank] = new(ids[rank], logProbability + ((double)logits[ids[rank]] - logits[id]));
        return new SymbolScore(new(id, logProbability), likeliest);
    }

    /// <summary>The ids of the largest logits, the largest first; of equal ones the lowest id.</summary>
    private static int[] Likeliest(ReadOnlySpan<float> logits, int count)
    {
        int[] best = count == 0 ? [] : new int[Math.Min(count, logits.Length)];
        int found = 0;
        for (int id = 0; id < logits.Length && best.Length > 0; id++)
        {
            if (found == best.Length && !(logits[id] > logits[best[^1]]))
                continue;
            int rank = found < best.Length ? found++ : found - 1;
            for (; rank > 0 && logits[id] > logits[best[rank - 1]]; rank--)
                best[rank] = best[rank - 1];
            best[rank] = id;
        }
        return best;
    }
}
