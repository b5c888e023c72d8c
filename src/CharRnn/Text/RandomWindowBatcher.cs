namespace CharRnn.Text;

/// <summary>
/// Windows from anywhere in the text, each begun with a zero state. A start is uniform over all places where a window fits, drawn with replacement,
/// so that no tail is left out; an epoch is ⌈P / (B·T)⌉ windows: as many pairs as the text has, though not each of them once.
/// </summary>
public sealed class RandomWindowBatcher : Batcher
{
    private readonly long _starts;

    /// <summary>Makes the windows.</summary>
    /// <param name="ids">The corpus.</param>
    /// <param name="range">The stretch of it to train on, at least T + 1 ids.</param>
    /// <param name="t">T, steps in a window.</param>
    /// <param name="b">B, streams: how many windows a step takes.</param>
    /// <param name="seed">With the step and the stream it gives a window's start.</param>
    /// <exception cref="SettingsException">A size is not positive, the range lies outside the corpus, or it is too short.</exception>
    public RandomWindowBatcher(SymbolIds ids, IdRange range, int t, int b, ulong seed) : base(ids, range, t, b, seed)
    {
        if (Pairs < t)
            throw new SettingsException($"there are {range.Length} characters to train on, but a window of {t} steps needs {t + 1}; lower --seq-length, or use a longer text.");
        _starts = Pairs - t + 1;
        WindowsPerEpoch = (Pairs + ((long)b * t) - 1) / ((long)b * t);
    }

    /// <inheritdoc/>
    public override long WindowsPerEpoch { get; }

    /// <inheritdoc/>
    public override bool Fill(long step, Span<int> inputs, Span<int> targets)
    {
        CheckWindow(step, inputs, targets);
        for (int stream = 0; stream < Streams; stream++)
        {
            ulong draw = CounterRandom.Draw(Seed, RandomPurpose.RandomWindow, (ulong)step, (ulong)stream);
            FillStream(stream, CounterRandom.Below(draw, _starts), inputs, targets);
        }
        return true;
    }
}
