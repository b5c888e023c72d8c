using CharRnn.Studio.Runs;

namespace CharRnn.Studio.Tests.Runs;

/// <summary>The form as a command line.</summary>
public sealed class RunOrderTests
{
    [Fact]
    public void EmptyForm_LeavesEverythingToTheDefaults() =>
        Assert.Equal(
            ["train", "dragons", "-o", "runs/dragons-001"],
            new RunOrder().Arguments(null, "runs/dragons-001")
        );

    [Fact]
    public void EveryField_BecomesAFlag_InInvariantNumbers()
    {
        var order = new RunOrder
        {
            Text = RunTextKind.Path,
            Preset = "char-rnn",
            Cell = "gru",
            HiddenSize = 64,
            NumLayers = 1,
            Minutes = 0.5,
            Steps = 100,
            LearningRate = 0.0025,
            Dropout = 0.1,
            Seed = 7,
            Prompt = "it's; rm",
        };
        var arguments = order.Arguments("a b.txt", "runs/x");
        Assert.Equal(
            "charrnn train 'a b.txt' -o runs/x --preset char-rnn --cell gru --hidden-size 64 --num-layers 1 --max-time 30s "
                + @"--max-steps 100 --learning-rate 0.0025 --dropout 0.1 --seed 7 --prompt 'it'\''s; rm'",
            ShellWords.CommandLine(arguments)
        );
    }

    [Fact]
    public void Names_AreClassifiedOrWritten()
    {
        var classifier = new RunOrder { Text = RunTextKind.NamesClassifier, Prompt = "unused" };
        var writer = new RunOrder { Text = RunTextKind.LabeledNames };
        Assert.Equal(["classify", "train", "names", "-o", "r"], classifier.Arguments(null, "r"));
        Assert.Equal(["train", "names", "--labelled", "-o", "r"], writer.Arguments(null, "r"));
        Assert.Equal(["classify", "train", "--resume", "-o", "r"], RunOrder.ResumeArguments("r", true, null));
        Assert.Equal(["train", "--resume", "-o", "r", "--max-time", "90s"], RunOrder.ResumeArguments("r", false, 1.5));
    }
}
