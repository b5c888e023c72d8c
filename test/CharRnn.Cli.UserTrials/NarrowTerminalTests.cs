using CharRnn.Cli.Rendering;

namespace CharRnn.Cli.UserTrials;

/// <summary>Progress on a terminal of 80 columns shows what matters, and nothing that is cut off.</summary>
public sealed class NarrowTerminalTests
{
    private const int Cells = 79;

    private static readonly TrainingProgress Late = new(
        Step: 105_436,
        Epoch: 211.09,
        Loss: 1.2522,
        LearningRate: 0.001,
        GradientNorm: 0.5,
        CharsPerSecond: 119_982,
        Seconds: 7000,
        Progress: 0.37,
        SecondsLeft: 3 * 3600 + 52 * 60,
        BestValidationLoss: 1.4649
    );

    [Fact]
    public void ProgressLine_BeginsWithShareTimeLeftAndSpeed_AndFits()
    {
        string line = RunText.ProgressLine(
            Late,
            Cells,
            "average loss 1.2522",
            "best validation 1.4649",
            "step 105,436",
            "epoch 211.09"
        );
        Assert.StartsWith("37%, 3 h 52 min left, 119,982 characters/s, average loss 1.2522", line);
        Assert.InRange(line.Length, 60, Cells);
        Assert.DoesNotContain("epoch", line);
    }

    [Fact]
    public void ProgressLine_LeavesOutWhatIsNotKnownYet()
    {
        var first = new TrainingProgress(1, 0.01, 4.2, 0.001, 1, 0, 0.1, null, null, null);
        Assert.Equal(
            "average loss 4.2000, step 1",
            RunText.ProgressLine(first, Cells, "average loss 4.2000", null, "step 1")
        );
    }
}
