namespace CharRnn.Datasets;

/// <summary>Where the streams of an epoch begin.</summary>
public enum EpochStart
{
    /// <summary>
    /// At an offset of the epoch's own, drawn within what no whole window fills, so that over the epochs everything is
    /// trained on.
    /// </summary>
    Random,

    /// <summary>
    /// At the text's beginning, every time, and what no whole window fills at its end is never seen, as in
    /// min-char-rnn, char-rnn and torch-rnn. As min-char-rnn has it, a window needs one character more than it reads to
    /// follow it.
    /// </summary>
    Fixed,
}
