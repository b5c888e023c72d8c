namespace CharRnn.Datasets;

/// <summary>
/// B parallel streams, each through a stretch of its own, going on where it was: what <see cref="StatefulBatcher"/> is
/// to one stretch, this is to the training part of <see cref="CorpusSplit.Interleaved"/>. All stretches are as long,
/// and whole windows; every epoch begins at their first, with a state of zeros unless it is carried always.
/// </summary>
public sealed class InterleavedBatcher : Batcher
{
    private readonly long[] _starts;
    private readonly CarryState _carry;

    /// <summary>Makes the streams.</summary>
    /// <param name="ids">The corpus.</param>
    /// <param name="ranges">
    /// (B) stretches, one a stream, each of a multiple of T predictions and all of the same length.
    /// </param>
    /// <param name="t">T, steps in a window.</param>
    /// <param name="carry">How far the state is carried.</param>
    /// <exception cref="SettingsException">
    /// A size is not positive, a stretch lies outside the corpus, or is shorter than the others or than a window.
    /// </exception>
    public InterleavedBatcher(SymbolIds ids, IReadOnlyList<IdRange> ranges, int t, CarryState carry = CarryState.Epoch)
        : base(ids, Hull(ranges), t, ranges.Count, seed: 0)
    {
        _carry = carry;
        long length = ranges[0].Length;
        foreach (var range in ranges)
        {
            if (range.Length != length || length <= t)
                throw new SettingsException(
                    $"a stream has {range.Length} characters and the first {length}; streams of {t} steps need as "
                        + $"many each, and at least {t + 1}."
                );
        }
        _starts = [.. ranges.Select(range => range.Start - Range.Start)];
        WindowsPerEpoch = (length - 1) / t;
    }

    /// <inheritdoc/>
    public override long WindowsPerEpoch { get; }

    /// <inheritdoc/>
    public override bool Fill(long step, Span<int> inputs, Span<int> targets)
    {
        CheckWindow(step, inputs, targets);
        long window = step % WindowsPerEpoch;
        for (int stream = 0; stream < Streams; stream++)
            FillStream(stream, _starts[stream] + (window * Steps), inputs, targets);
        return _carry == CarryState.Always ? step == 0 : window == 0;
    }
}
