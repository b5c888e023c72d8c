using CharRnn.Datasets;
using CharRnn.Engine;
using CharRnn.Networks;

namespace CharRnn;

/// <summary>
/// The language models that character-level networks are known by, each with what it was trained with, and CharRnn's
/// own. docs/presets.md says of each what it is, where it is from, and what is left that differs from its original.
/// </summary>
public static class Presets
{
    /// <summary>The name of CharRnn's own settings, which hold where no preset is chosen.</summary>
    public const string Default = "default";

    /// <summary>The name of the hundred-line program.</summary>
    public const string MinCharRnn = "min-char-rnn";

    /// <summary>The name of PyTorch's tutorial on generating names.</summary>
    public const string TutorialGenerator = "tutorial-generator";

    private const string BlogPost = "The Unreasonable Effectiveness of Recurrent Neural Networks (2015): ";
    private const double ElementClip = 5;
    private const long LanguageModelSteps = 100_000;
    private const long CharRnnInterval = 1000;
    private const long TutorialSteps = 100_000;

    /// <summary>Of the original's iterations, every so many show a sample.</summary>
    private const long MinCharRnnInterval = 100;

    // It does thousands of iterations a second, and has no end that progress could be measured by.
    private static readonly TimeSpan MinCharRnnSaves = TimeSpan.FromSeconds(10);

    /// <summary>
    /// Nothing of what was learnt about training since: no dropout, no warm-up, a rate that stays, gradients as they
    /// are.
    /// </summary>
    private static readonly TrainingSettings Plain = new()
    {
        Dropout = 0,
        OutputDropout = 0,
        Schedule = LearningRateShape.Constant,
        WarmupSteps = 0,
        GradClipNorm = null,
    };

    private static readonly TrainingSettings TorchCharRnn = Plain with
    {
        NumLayers = 2,
        HiddenSize = 128,
        EmbeddingSize = 0,
        Biases = BiasMode.Double,
        Init = "uniform:0.08",
        ForgetBias = 1,
        LossReduction = LossReduction.Sum,
        DefaultBatchSize = 50,
        DefaultSeqLength = 50,
        EpochStart = EpochStart.Fixed,
        CarryState = CarryState.Always,
        MaxEpochs = 50,
        Optimizer = new() { Name = "rmsprop" },
        LearningRate = 2e-3,
        Schedule = LearningRateShape.Step,
        LrDecay = 0.97,
        LrDecayStart = 10,
        GradClip = ElementClip,
        ValFrac = 0.05,
        ValSplit = ValSplit.Interleaved,
        Seed = 123,
        EvalEvery = Cadence.EverySteps(CharRnnInterval),
        SaveEvery = Cadence.EverySteps(CharRnnInterval),
    };

    private static readonly TrainingSettings LargeCharRnn = TorchCharRnn with
    {
        NumLayers = 3,
        HiddenSize = 512,
        DefaultBatchSize = 100,
        DefaultSeqLength = 100,
    };

    private static readonly TrainingSettings GruLm = Plain with
    {
        Cell = "gru",
        NumLayers = 1,
        HiddenSize = 512,
        EmbeddingSize = 512,
        HeadActivation = Activation.Relu,
        Biases = BiasMode.Double,
        DefaultBatchSize = 16,
        DefaultSeqLength = 40,
        Sampling = WindowSampling.Random,
        MaxSteps = LanguageModelSteps,
        Optimizer = new() { Name = "adam", Beta2 = 0.999 },
        LearningRate = 2e-3,
    };

    /// <summary>All of them: ours, the programs, the blog post's models, and those for structured text.</summary>
    public static IReadOnlyList<Preset<TrainingSettings>> All { get; } =
    [
        Make(
            Default,
            "lstm 2×256 on an embedding, with dropout, Adam and a rate that goes down to 0 over the run",
            "CharRnn's own: what a run without a preset has",
            new TrainingSettings()
        ),
        Make(
            MinCharRnn,
            "one tanh layer of 100 on one-hot characters, one stream, Adagrad, with the original's screen; "
                + "trains until stopped",
            "Andrej Karpathy's program of a hundred lines, 2015",
            Plain with
            {
                Cell = "rnn",
                NumLayers = 1,
                HiddenSize = 100,
                EmbeddingSize = 0,
                Init = "normal:0.01",
                LossReduction = LossReduction.Sum,
                DefaultBatchSize = 1,
                DefaultSeqLength = 25,
                EpochStart = EpochStart.Fixed,
                UntilStopped = true,
                Optimizer = new() { Name = "adagrad" },
                LearningRate = 0.1,
                GradClip = ElementClip,
                ValFrac = 0,
                SaveEvery = Cadence.Every(MinCharRnnSaves),
                SampleEvery = Cadence.EverySteps(MinCharRnnInterval),
                SampleFrom = SampleStart.State,
            }
        ),
        Make(
            "char-rnn",
            "lstm 2×128 on one-hot characters, RMSprop, 50 streams of 50 steps whose state is never reset",
            "char-rnn for Torch, by Andrej Karpathy, 2015: its defaults, with -model lstm",
            TorchCharRnn
        ),
        Make(
            "torch-rnn",
            "lstm 2×128 on an embedding of 64, Adam, the rate halved every five epochs",
            "torch-rnn, by Justin Johnson, 2016: its defaults",
            Plain with
            {
                HiddenSize = 128,
                Init = "torch-rnn",
                ForgetBias = 1,
                DefaultBatchSize = 50,
                DefaultSeqLength = 50,
                EpochStart = EpochStart.Fixed,
                MaxEpochs = 50,
                Optimizer = new() { Name = "adam", Beta2 = 0.999 },
                LearningRate = 2e-3,
                Schedule = LearningRateShape.Step,
                LrDecay = 0.5,
                // It counts epochs from one, and halves before the last window of the fourth.
                LrDecayStart = 4,
                LrDecayEvery = 5,
                GradClip = ElementClip,
                TestFrac = 0.1,
                EvalEvery = Cadence.EverySteps(CharRnnInterval),
                SaveEvery = Cadence.EverySteps(CharRnnInterval),
            }
        ),
        Make(
            "gru-lm",
            "gru 512 on an embedding of 512, ReLU before the head, Adam, windows from random places",
            "an annotated PyTorch notebook on character-level language models",
            GruLm
        ),
        Make(
            "gru-lm-128",
            "gru-lm with 128 units",
            "gru-lm's notebook, its question: what do fewer units do?",
            GruLm with
            {
                HiddenSize = 128,
                EmbeddingSize = 128,
            }
        ),
        Make(
            "residual-gru",
            "8 gru layers of 256, each from the second on added to its input, no ReLU",
            "gru-lm's notebook, its second model, at half the width",
            GruLm with
            {
                NumLayers = 8,
                HiddenSize = 256,
                EmbeddingSize = 256,
                Residual = true,
                HeadActivation = Activation.None,
            }
        ),
        Make(
            "stacked-rnn",
            "3 tanh layers of 256 on an embedding, otherwise trained as ours are",
            "the question of a name generator's notebook: does a plain stacked network do as well?",
            new TrainingSettings
            {
                Cell = "rnn",
                NumLayers = 3,
                LearningRate = 2e-3,
            }
        ),
        Make(
            TutorialGenerator,
            "linear maps without a recurrent non-linearity, dropout on the output, one random name a step, "
                + "plain gradient descent; for 'Labeled'",
            "PyTorch's tutorial on generating names with a character-level network",
            Plain with
            {
                Cell = "linear",
                NumLayers = 1,
                HiddenSize = 128,
                SymbolUnits = true,
                EmbeddingSize = 0,
                LabelEmbeddingSize = 0,
                LogitDropout = 0.1,
                Init = "linear",
                ConditionOnFirstSymbol = true,
                WholeRecords = true,
                KeepRepeats = true,
                Sampling = WindowSampling.Random,
                LabelWeights = 1,
                DefaultBatchSize = 1,
                LossReduction = LossReduction.Sum,
                MaxSteps = TutorialSteps,
                Optimizer = new() { Name = "sgd" },
                LearningRate = 0.005,
                ValFrac = 0,
            }
        ),
        Make(
            "paul-graham",
            "char-rnn with lstm 2×512, dropout 0.5 and 100 streams of 100 steps, for essays of a megabyte",
            BlogPost + "Paul Graham's essays",
            TorchCharRnn with
            {
                HiddenSize = 512,
                Dropout = 0.5,
                OutputDropout = 0.5,
                DefaultBatchSize = 100,
                DefaultSeqLength = 100,
            }
        ),
        Make(
            "shakespeare",
            "char-rnn with lstm 3×512, for all of Shakespeare (4.4 MB)",
            BlogPost + "Shakespeare",
            TorchCharRnn with
            {
                NumLayers = 3,
                HiddenSize = 512,
            }
        ),
        Make(
            "wikipedia",
            "char-rnn with lstm 3×512, the last 4 % held out, for 100 MB of markup such as enwik8",
            BlogPost + "Wikipedia, 96 MB to train on; no sizes are given",
            LargeCharRnn with
            {
                ValFrac = 0.04,
                ValSplit = ValSplit.Tail,
            }
        ),
        Make(
            "latex",
            "char-rnn with lstm 3×512 and dropout 0.5, for LaTeX sources (there, 16 MB)",
            BlogPost + "a book on algebraic geometry; no sizes are given",
            LargeCharRnn with
            {
                Dropout = 0.5,
                OutputDropout = 0.5,
            }
        ),
        Make(
            "linux",
            "char-rnn with lstm 3×700, some ten million parameters, for source code (there, 474 MB of C)",
            BlogPost + "the Linux kernel, in 3 layers of ten million parameters",
            LargeCharRnn with
            {
                HiddenSize = 700,
                ValFrac = 0.005,
            }
        ),
    ];

    /// <summary>The classifiers.</summary>
    public static IReadOnlyList<Preset<ClassifierSettings>> Classifiers { get; } =
    [
        Make(
            "tutorial-classifier",
            "a classifier: one tanh layer of 128 on one-hot characters, read forwards, its last state into "
                + "the head; plain gradient descent",
            "PyTorch's tutorial on classifying names with a character-level network",
            new ClassifierSettings
            {
                Cell = "rnn",
                HiddenSize = 128,
                NumLayers = 1,
                EmbeddingSize = 0,
                Bidirectional = false,
                Pooling = Pooling.Last,
                Biases = BiasMode.Double,
                EmbeddingDropout = 0,
                Dropout = 0,
                OutputDropout = 0,
                CharDropout = 0,
                LabelSmoothing = 0,
                BatchSize = 64,
                MaxEpochs = 27,
                Optimizer = new() { Name = "sgd" },
                LearningRate = 0.15,
                Schedule = LearningRateShape.Constant,
                WarmupSteps = 0,
                GradClipNorm = 3,
                TestFrac = 0.15,
                ValFrac = 0,
            }
        ),
    ];

    /// <summary>The language model of a name; null where there is none.</summary>
    public static Preset<TrainingSettings>? Find(string name) => All.FirstOrDefault(preset => preset.Name == name);

    private static Preset<TSettings> Make<TSettings>(string name, string description, string origin, TSettings settings)
        where TSettings : RunSettings, new() => new(name, description, origin, settings with { Preset = name });
}
