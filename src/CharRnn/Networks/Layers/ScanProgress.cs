using CharRnn.Engine;

namespace CharRnn.Networks;

/// <summary>
/// How far the scan of each tile has come, so that the head can follow it without waiting for its end.
/// </summary>
internal sealed class ScanProgress(int tiles)
{
    // The last is a wall only.
    private readonly PaddedInt32[] _stepsDone = new PaddedInt32[tiles + 1];

    /// <summary>Before a window: nothing is done.</summary>
    public void Reset()
    {
        for (int tile = 0; tile < tiles; tile++)
            _stepsDone[tile].Value = 0;
    }

    /// <summary>Says that the last layer's output of the first <paramref name="steps"/> steps is there.</summary>
    public void Report(int tile, int steps) => Volatile.Write(ref _stepsDone[tile].Value, steps);

    /// <summary>Waits for that.</summary>
    public void WaitFor(int tile, int steps)
    {
        var spin = new SpinWait();
        while (Volatile.Read(ref _stepsDone[tile].Value) < steps)
            spin.SpinOnce(sleep1Threshold: -1);
    }
}
