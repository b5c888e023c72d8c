namespace CharRnn;

/// <summary>What is being done with a corpus.</summary>
public enum CorpusPhase
{
    /// <summary>The first reading: which symbols there are.</summary>
    Surveying,

    /// <summary>The second reading: their ids.</summary>
    Encoding,

    /// <summary>The ids of an earlier reading are checked.</summary>
    Checking,

    /// <summary>A reading before the first: which lines are repeated, where those are left out.</summary>
    Comparing,
}

/// <summary>How far the reading of a corpus is.</summary>
/// <param name="Phase">What is being done.</param>
/// <param name="Bytes">Bytes done in this phase.</param>
/// <param name="TotalBytes">Bytes to do in it; null where that is not known.</param>
public readonly record struct CorpusProgress(CorpusPhase Phase, long Bytes, long? TotalBytes);

/// <summary>Counts the bytes that are read, tells whoever wants to know, and stops the reading when asked to.</summary>
internal sealed class ReadingMeter(IProgress<CorpusProgress>? progress, CancellationToken cancellation)
{
    private CorpusProgress _now;

    /// <summary>Bytes to do in this phase.</summary>
    internal long? TotalBytes => _now.TotalBytes;

    internal void Begin(CorpusPhase phase, long? totalBytes) => _now = new CorpusProgress(phase, 0, totalBytes);

    /// <exception cref="OperationCanceledException">The reading is to stop.</exception>
    internal void Advance(int bytes)
    {
        cancellation.ThrowIfCancellationRequested();
        _now = _now with { Bytes = _now.Bytes + bytes };
        progress?.Report(_now);
    }
}
