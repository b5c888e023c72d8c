namespace CharRnn;

/// <summary>One text that a beam search found.</summary>
/// <param name="Ids">What was written, without the prompt and without what ended it.</param>
/// <param name="TotalNats">Σ −ln p over all that was written, the text to stop at or the end symbol included.</param>
/// <param name="Scored">How many symbols that sum is over.</param>
/// <param name="HasEnded">Whether it ended by itself, rather than by its length.</param>
public sealed record BeamText(IReadOnlyList<int> Ids, double TotalNats, int Scored, bool HasEnded)
{
    /// <summary>Mean −ln p, nats a symbol.</summary>
    public double MeanNats => TotalNats / Scored;
}
