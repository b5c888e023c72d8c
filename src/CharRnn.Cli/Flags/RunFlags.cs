using CharRnn.Cli.Rendering;
using CharRnn.Engine;
using CharRnn.Networks;
using CharRnn.Training;

namespace CharRnn.Cli.Flags;

/// <summary>
/// Flags of <see cref="RunSettings"/>, which the verbs that train have in common. Each verb declares them in the order
/// of its own help, and words those that mean something else for its data.
/// </summary>
/// <typeparam name="TSettings">The settings of the verb.</typeparam>
internal abstract class RunFlags<TSettings> : SettingFlags<TSettings>
    where TSettings : RunSettings, IEquatable<TSettings>, new()
{
    protected static readonly TSettings Defaults = new();

    /// <summary>Flags that a resumed run may change, as a sentence for messages.</summary>
    protected abstract string ChangeableFlags { get; }

    /// <summary>The settings of a resumed run: only <see cref="ChangeableFlags"/> may differ.</summary>
    /// <param name="saved">The run's settings.</param>
    /// <param name="sources">The command line.</param>
    /// <exception cref="SettingsException">A flag would change the run itself; it is named.</exception>
    public TSettings ResolveResumed(TSettings saved, SettingSources sources) =>
        ResolveAgain(
            saved,
            sources,
            flag =>
                flag.MayChange
                    ? null
                    : $"differs from the run that is resumed; leave it out, or start a new run. {ChangeableFlags}"
        );

    /// <summary><c>--cell</c>, <c>--hidden-size</c>, <c>--num-layers</c> and <c>--embedding-size</c>.</summary>
    /// <param name="layer">Place of the hidden units, in words.</param>
    /// <param name="maxHiddenSize">The largest H.</param>
    /// <param name="symbol">Noun for what is embedded; its plural ends in s.</param>
    protected void AddSizes(string layer, int maxHiddenSize, string symbol)
    {
        string[] cells = CellCatalog.All.Select(cell => cell.Name).ToArray();
        string help = string.Join("; ", CellCatalog.All.Select(cell => $"{cell.Name}: {cell.Description}"));
        Add(
            "--cell",
            $"The recurrent cell (default: {Defaults.Cell}). {help}.",
            string.Join('|', cells),
            text => Word(text, cells),
            (s, v) => s with { Cell = v }
        );
        Integer(
            "--hidden-size",
            $"Hidden units in {layer} (default: {Defaults.HiddenSize}).",
            1,
            maxHiddenSize,
            (s, v) => s with { HiddenSize = v }
        );
        Integer(
            "--num-layers",
            $"Recurrent layers (default: {Defaults.NumLayers}).",
            1,
            ModelSpec.MaxLayers,
            (s, v) => s with { NumLayers = v }
        );
        Integer(
            "--embedding-size",
            $"Size of a {symbol}'s embedding; 0 feeds {symbol}s one-hot (default: {Defaults.EmbeddingSize}).",
            0,
            ModelSpec.MaxSize,
            (s, v) => s with { EmbeddingSize = v }
        );
    }

    /// <summary><c>--dropout</c> and <c>--output-dropout</c>.</summary>
    /// <param name="headInput">Noun for the head's input.</param>
    protected void AddDropout(string headInput)
    {
        Number(
            "--dropout",
            $"Share of outputs set to 0 between layers (default: {Text(Defaults.Dropout)}).",
            Share,
            (s, v) => s with { Dropout = v }
        );
        Counts("with one layer, which has no other before it", s => s.NumLayers > 1 || s.Dropout == 0);
        Number(
            "--output-dropout",
            $"Share of {headInput} set to 0, before the head (default: {Text(Defaults.OutputDropout)}).",
            Share,
            (s, v) => s with { OutputDropout = v }
        );
    }

    /// <summary><c>--biases</c> and <c>--init</c>.</summary>
    /// <param name="doubleBiased">The programs with two biases.</param>
    protected void AddWeights(string doubleBiased)
    {
        Add(
            "--biases",
            $"Biases of a layer's gates: one, or the two of {doubleBiased}, both trained (default: single).",
            "single|double",
            text => SettingParser.Choice(text, ("single", BiasMode.Single), ("double", BiasMode.Double)),
            (s, v) => s with { Biases = v }
        );
        Add(
            "--init",
            $"Initialization of the weights: {Initialization.Schemes} (default: {Defaults.Init}).",
            "SCHEME",
            Scheme,
            (s, v) => s with { Init = v }
        );
    }

    protected void AddMaxEpochs(string description) =>
        Number("--max-epochs", description, Positive, (s, v) => s with { MaxEpochs = v }, mayChange: true);

    protected void AddMaxSteps(string description) =>
        Add("--max-steps", description, "N", NotNegativeLong, (s, v) => s with { MaxSteps = v }, mayChange: true);

    protected void AddMaxTime(string description) =>
        Add("--max-time", description, "TIME", Duration.Parse, (s, v) => s with { MaxTime = v }, mayChange: true);

    /// <summary><c>--patience</c>.</summary>
    /// <param name="evaluations">Noun for what is counted, and for the improvement that it lacks.</param>
    protected void AddPatience(string evaluations) =>
        Integer(
            "--patience",
            $"Stop after this many {evaluations}.",
            1,
            int.MaxValue,
            (s, v) => s with { Patience = v },
            mayChange: true
        );

    /// <summary><c>--seed</c> and <c>--threads</c>.</summary>
    /// <param name="draws">The random draws.</param>
    protected void AddSeedAndThreads(string draws)
    {
        Add(
            "--seed",
            $"Seed of {draws} (default: {Defaults.Seed}).",
            "N",
            SettingParser.Seed,
            (s, v) => s with { Seed = v }
        );
        Integer(
            "--threads",
            "Worker threads (default: as many as are useful); the result is the same for any number.",
            1,
            RunSettings.MaxThreads,
            (s, v) => s with { Threads = v },
            mayChange: true
        );
    }

    /// <summary>The flags of an update: optimizer, learning rate, its schedule, and clipping.</summary>
    protected void AddUpdates()
    {
        Group = FlagGroup.Optimizer;
        AddOptimizer();
        Number(
            "--learning-rate",
            $"The highest learning rate (default: {Text(Defaults.LearningRate)}).",
            NotNegative,
            (s, v) => s with { LearningRate = v }
        );
        AddSchedule();
        Add(
            "--grad-clip",
            "Largest magnitude of a gradient's element; 0 for no limit (default: 0).",
            "X",
            ZeroAsNone,
            (s, v) => s with { GradClip = v }
        );
        Add(
            "--grad-clip-norm",
            "Largest global norm of the gradients, applied before --grad-clip; 0 for no limit (default: "
                + $"{Text(Defaults.GradClipNorm!.Value)}).",
            "X",
            ZeroAsNone,
            (s, v) => s with { GradClipNorm = v }
        );
    }

    protected void AddTestFrac(string description) =>
        Number("--test-frac", description, Share, (s, v) => s with { TestFrac = v });

    private void AddOptimizer()
    {
        var defaults = Defaults.Optimizer;
        Add(
            "--optimizer",
            $"The optimizer (default: {defaults.Name}).",
            string.Join('|', OptimizerSettings.Names),
            text => Word(text, OptimizerSettings.Names),
            (s, v) => s with { Optimizer = s.Optimizer with { Name = v } }
        );
        Number(
            "--beta1",
            "Decay of adam's first moment (default: 0.9).",
            Share,
            (s, v) => s with { Optimizer = s.Optimizer with { Beta1 = v } }
        );
        Needs("--optimizer adam and adamw", s => s.Optimizer.Name is "adam" or "adamw");
        Number(
            "--beta2",
            "Decay of adam's second moment (default: 0.99).",
            Share,
            (s, v) => s with { Optimizer = s.Optimizer with { Beta2 = v } }
        );
        Needs("--optimizer adam and adamw", s => s.Optimizer.Name is "adam" or "adamw");
        Number(
            "--rmsprop-alpha",
            "Decay of rmsprop's squared gradients (default: 0.95).",
            Share,
            (s, v) => s with { Optimizer = s.Optimizer with { RmspropAlpha = v } }
        );
        Needs("--optimizer rmsprop", s => s.Optimizer.Name == "rmsprop");
        Number(
            "--epsilon",
            "Keeps the optimizer's divisions finite (default: 1e-8).",
            Positive,
            (s, v) => s with { Optimizer = s.Optimizer with { Epsilon = v } }
        );
        Needs("optimizers other than sgd, which divides by nothing", s => s.Optimizer.Name != "sgd");
        Number(
            "--weight-decay",
            $"Weight decay (default: {Text(defaults.WeightDecay)}).",
            NotNegative,
            (s, v) => s with { Optimizer = s.Optimizer with { WeightDecay = v } }
        );
    }

    private void AddSchedule()
    {
        Add(
            "--schedule",
            $"Shape of the learning rate over the run (default: {Word(Defaults.Schedule)}).",
            "constant|step|cosine|linear",
            Shape,
            (s, v) => s with { Schedule = v }
        );
        Add(
            "--warmup-steps",
            $"Steps over which the rate rises from 0 (default: {Defaults.WarmupSteps}).",
            "N",
            NotNegativeLong,
            (s, v) => s with { WarmupSteps = v }
        );
        Number(
            "--lr-decay",
            $"With --schedule step: the factor of each decay (default: {Text(Defaults.LrDecay)}).",
            new(0, 1, MinExcluded: true),
            (s, v) => s with { LrDecay = v }
        );
        Needs("--schedule step", s => s.Schedule == LearningRateShape.Step);
        Number(
            "--lr-decay-start",
            $"With --schedule step: epochs before the first decay (default: {Text(Defaults.LrDecayStart)}).",
            NotNegative,
            (s, v) => s with { LrDecayStart = v }
        );
        Needs("--schedule step", s => s.Schedule == LearningRateShape.Step);
        Number(
            "--lr-decay-every",
            $"With --schedule step: epochs from one decay to the next (default: {Text(Defaults.LrDecayEvery)}).",
            Positive,
            (s, v) => s with { LrDecayEvery = v }
        );
        Needs("--schedule step", s => s.Schedule == LearningRateShape.Step);
    }

    private static string Scheme(string text)
    {
        try
        {
            _ = Initialization.Parse(text);
            return text;
        }
        catch (SettingsException)
        {
            throw new FormatException($"one of {Initialization.Schemes}, with R or S a number such as 0.08");
        }
    }

    private static LearningRateShape Shape(string text) =>
        SettingParser.Choice(
            text,
            ("constant", LearningRateShape.Constant),
            ("step", LearningRateShape.Step),
            ("cosine", LearningRateShape.Cosine),
            ("linear", LearningRateShape.Linear)
        );

    private static double? ZeroAsNone(string text) =>
        SettingParser.Number(text, NotNegative) is var number && number > 0 ? number : null;
}
