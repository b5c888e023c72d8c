using CharRnn.Sampling;

namespace CharRnn.Server.Generating;

/// <summary>
/// What a generation has written and nobody has taken yet, handed over from the thread that computes it to the request
/// that sends it. A reader that is slow lets it grow, up to the text's length, and holds up nobody.
/// </summary>
/// <param name="news">Told that there is something to take.</param>
/// <param name="over">Told that nothing more will come.</param>
/// <param name="tellsEach">Whether there is news with each symbol, and not with the end alone.</param>
internal sealed class GenerationProgress(Action news, Action over, bool tellsEach) : IGenerationObserver
{
    private readonly Lock _gate = new();
    private List<int> _ids = [];
    private List<SymbolScore> _scores = [],
        _promptScores = [];
    private GenerationEnd? _end;
    private ModelException? _failure;

    /// <inheritdoc/>
    public void PromptScored(SymbolScore score)
    {
        lock (_gate)
            _promptScores.Add(score);
        Tell();
    }

    /// <inheritdoc/>
    public void Written(ReadOnlySpan<int> ids, ReadOnlySpan<SymbolScore> scores)
    {
        lock (_gate)
        {
            _ids.AddRange(ids);
            _scores.AddRange(scores);
        }
        Tell();
    }

    /// <inheritdoc/>
    public void Ended(GenerationEnd end, ModelException? failure)
    {
        lock (_gate)
            (_end, _failure) = (end, failure);
        news();
        over();
    }

    /// <summary>Takes what is there.</summary>
    public WrittenPart Take()
    {
        lock (_gate)
        {
            var part = new WrittenPart(_promptScores, _ids, _scores, _end, _failure);
            (_promptScores, _ids, _scores) = ([], [], []);
            return part;
        }
    }

    private void Tell()
    {
        if (tellsEach)
            news();
    }
}

/// <summary>Part of what a generation wrote.</summary>
/// <param name="PromptScores">Scores of the prompt's symbols.</param>
/// <param name="Ids">Symbols written.</param>
/// <param name="Scores">Their scores; empty where none are asked for.</param>
/// <param name="End">Why it ended; null while it goes on.</param>
/// <param name="Failure">What failed, where it did.</param>
internal sealed record WrittenPart(
    List<SymbolScore> PromptScores,
    List<int> Ids,
    List<SymbolScore> Scores,
    GenerationEnd? End,
    ModelException? Failure
);
