namespace CharRnn.Datasets;

/// <summary>How far the streams of a text carry their state from window to window.</summary>
public enum CarryState
{
    /// <summary>To the epoch's end: the next one begins with a state of zeros.</summary>
    Epoch,

    /// <summary>On into the next epoch, as in char-rnn.</summary>
    Always,
}
