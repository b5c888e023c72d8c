using CharRnn.Datasets;

namespace CharRnn.Evaluation;

/// <summary>Score of a line of a text.</summary>
/// <param name="Number">Number of the line, from 1.</param>
/// <param name="Range">Its symbols, without its end.</param>
/// <param name="Characters">Number of predicted characters, its end included; not the text's first.</param>
/// <param name="TotalNats">Σ −ln p over them.</param>
internal sealed record LineScore(long Number, IdRange Range, long Characters, double TotalNats)
{
    /// <summary>Σ ln p, the log-probability of the line; 0 where nothing was predicted.</summary>
    public double LogProbability => 0 - TotalNats;

    /// <summary>Mean cross-entropy, nats per character; not a number where nothing was predicted.</summary>
    public double NatsPerChar => TotalNats / Characters;

    /// <summary>Mean cross-entropy, bits per character.</summary>
    public double BitsPerChar => NatsPerChar / Math.Log(2);
}

/// <summary>
/// Splitter of a text's scores into lines, each with its end: a line end, or a boundary. The text is read once, so that
/// prose carries its state from line to line, and records, whose boundaries reset it, begin anew.
/// </summary>
/// <param name="ids">The text.</param>
/// <param name="vocabulary">Its vocabulary.</param>
/// <param name="areRecords">Whether a boundary ends a record rather than a file.</param>
/// <param name="onLine">Receives each line.</param>
internal sealed class LineScores(SymbolIds ids, Vocabulary vocabulary, bool areRecords, Action<LineScore> onLine)
    : IScoreReader
{
    private long _number,
        _start,
        _position,
        _characters;
    private double _nats;

    /// <inheritdoc/>
    public void Read(int id, bool isCounted, double nats)
    {
        if (_position == 0)
            Begin(ids[0]);
        _position++;
        _nats += nats;
        _characters += isCounted ? 1 : 0;
        if (IsEnd(id))
            EndLine(_position, isEndOfFile: id == vocabulary.BoundaryId && !areRecords);
    }

    /// <summary>Ends the text, and a last line that has no end.</summary>
    public void End()
    {
        if (_position + 1 > _start)
            EndLine(_position + 1, isEndOfFile: false);
    }

    /// <summary>The first symbol, which is not predicted: a boundary before the first line, a line end, or a character.</summary>
    private void Begin(int first)
    {
        if (first == vocabulary.BoundaryId)
            _start = 1;
        else if (first == vocabulary.LineEndId)
            EndLine(0, isEndOfFile: false);
    }

    private bool IsEnd(int id) => id == vocabulary.LineEndId || id == vocabulary.BoundaryId;

    /// <summary>Ends a line before a position. What follows the last line of a file is none.</summary>
    private void EndLine(long end, bool isEndOfFile)
    {
        if (end > _start || !isEndOfFile)
            onLine(new LineScore(++_number, new IdRange(_start, end - _start), _characters, _nats));
        (_start, _characters, _nats) = (end + 1, 0, 0);
    }
}
