using CharRnn.Sampling;
using CharRnn.Server.Responses;

namespace CharRnn.Server.Generating;

/// <summary>
/// Answer that is sent while it is written: chunks of text as they come, one with the reason of its end for each
/// choice, the number of characters where it is asked for, and <c>[DONE]</c>.
/// </summary>
/// <param name="stream">The stream of events.</param>
/// <param name="shape">The shape of the chunks.</param>
/// <param name="seed">Seed of the draws.</param>
internal sealed class AnswerStream(EventStream stream, IAnswerShape shape, long seed)
{
    private bool _hasBegun,
        _hasSent;

    /// <summary>Raised when the first text was sent.</summary>
    public event Action? SentFirst;

    /// <summary>Sends what a run writes, until all of it is over.</summary>
    /// <param name="run">The run.</param>
    /// <param name="texts">The text of each choice.</param>
    /// <param name="betweenFlushes">Least time between two flushes, unless all is over before.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="ModelException">A generation failed.</exception>
    public async Task SendAsync(
        GenerationRun run,
        IReadOnlyList<ChoiceText> texts,
        TimeSpan betweenFlushes,
        CancellationToken cancellationToken
    )
    {
        bool[] isOver = new bool[texts.Count];
        while (Array.IndexOf(isOver, false) >= 0)
        {
            await run.WaitAsync(cancellationToken);
            for (int i = 0; i < isOver.Length; i++)
            {
                if (!isOver[i])
                    isOver[i] = Write(i, run.Progress[i].Take(), texts);
            }
            await stream.FlushAsync(cancellationToken);
            if (_hasSent)
                SentFirst?.Invoke();
            SentFirst = _hasSent ? null : SentFirst;
            if (Array.IndexOf(isOver, false) >= 0)
                await Task.WhenAny(run.Completion, Task.Delay(betweenFlushes, cancellationToken));
        }
    }

    /// <summary>Adds what comes after the last choice.</summary>
    /// <param name="usage">The number of characters; null where it is not asked for.</param>
    public void Finish(Usage? usage)
    {
        if (usage is not null)
            Write(shape.UsageChunk(usage));
        stream.WriteDone();
    }

    /// <summary>Why a generation has ended, in the interface's words.</summary>
    /// <exception cref="ModelException">It failed.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public static string ReasonOf(WrittenPart part) =>
        part.End switch
        {
            GenerationEnd.Stop => "stop",
            GenerationEnd.Length => "length",
            GenerationEnd.Failed => throw part.Failure!,
            _ => throw new OperationCanceledException("the generation was cancelled."),
        };

    /// <summary>Adds what a choice has written.</summary>
    /// <returns>Whether it is over.</returns>
    private bool Write(int index, WrittenPart part, IReadOnlyList<ChoiceText> texts)
    {
        // What fails before anything was written is an answer of its own, with its status.
        string? reason = part.End is null ? null : ReasonOf(part);
        if (!_hasBegun)
            Begin(texts.Count);
        var added = texts[index].Add(part);
        if (added.Text.Length > 0 || added.Tokens is { Count: > 0 })
        {
            Write(shape.Chunk(index, added));
            _hasSent = true;
        }
        if (reason is not null)
            Write(shape.Closing(index, reason, seed));
        return reason is not null;
    }

    private void Begin(int choices)
    {
        _hasBegun = true;
        stream.Begin();
        for (int i = 0; i < choices; i++)
        {
            if (shape.Opening(i) is { } opening)
                Write(opening);
        }
    }

    private void Write(object chunk) => stream.Write(chunk, ServerJson.Instance.GetTypeInfo(chunk.GetType())!);
}
