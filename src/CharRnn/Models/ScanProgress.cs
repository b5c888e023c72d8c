namespace CharRnn.Models;

/// <summary>How far the scan of each tile has come, so that the head can follow it without waiting for its end.</summary>
internal sealed class ScanProgress(int tiles)
{
    // A cache line each: whoever waits for one tile does not slow those who compute another.
    private const int Spacing = 64 / sizeof(int);

    private readonly int[] _stepsDone = new int[tiles * Spacing];

    /// <summary>Before a window: nothing is done.</summary>
    public void Reset() => Array.Clear(_stepsDone);

    /// <summary>Says that the last layer's output of the first <paramref name="steps"/> steps is there.</summary>
    public void Report(int tile, int steps) => Volatile.Write(ref _stepsDone[tile * Spacing], steps);

    /// <summary>Waits for that.</summary>
    public void WaitFor(int tile, int steps)
    {
        var spin = new SpinWait();
        while (Volatile.Read(ref _stepsDone[tile * Spacing]) < steps) spin.SpinOnce(sleep1Threshold: -1);
    }
}
