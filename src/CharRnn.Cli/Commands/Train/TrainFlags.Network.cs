using CharRnn.Cli.Flags;
using CharRnn.Cli.Rendering;
using CharRnn.Datasets;
using CharRnn.Engine;
using CharRnn.Networks;
using CharRnn.Report.Pages;
using CharRnn.Training;

namespace CharRnn.Cli.Commands;

// The flags that say what the network is, and how records and their labels are fed to it.
internal sealed partial class TrainFlags
{
    private void AddNetworkFlags()
    {
        Group = FlagGroup.Network;
        AddSizes("each layer", ModelSpec.MaxSize, "symbol");
        AddDropout("the last layer's outputs");
        Number(
            "--logit-dropout",
            "Share of the logits that are set to 0 in training (default: 0).",
            Share,
            (s, v) => s with { LogitDropout = v }
        );
        Add(
            "--embedding-activation",
            "Activation after the embedding, before the first layer (default: none).",
            "none|relu|tanh",
            ActivationOf,
            (s, v) => s with { EmbeddingActivation = v }
        );
        Needs(
            "an embedding, and --embedding-size is 0",
            s => s.EmbeddingSize > 0 || s.EmbeddingActivation == Activation.None
        );
        Add(
            "--head-activation",
            "Activation of the last layer's output, before the head (default: none).",
            "none|relu|tanh",
            ActivationOf,
            (s, v) => s with { HeadActivation = v }
        );
        Integer(
            "--projection-size",
            "Size that each layer's output is projected to; 0 for no projection (default: 0).",
            0,
            ModelSpec.MaxSize,
            (s, v) => s with { ProjectionSize = v }
        );
        Switch(
            "--residual",
            "Residual connections: layers from the second on add their output to their input.",
            (s, v) => s with { Residual = v }
        );
        Counts("with one layer", s => s.NumLayers > 1 || !s.Residual);
        Switch(
            "--symbol-units",
            "Give each layer one more unit for each symbol, which goes to the next layer but is not fed back.",
            (s, v) => s with { SymbolUnits = v }
        );
        AddWeights("PyTorch and char-rnn");
        Number(
            "--forget-bias",
            $"Initial bias of an lstm's forget gate (default: {Text(Defaults.ForgetBias)}).",
            new(double.MinValue, double.MaxValue),
            (s, v) => s with { ForgetBias = v }
        );
        Needs("--cell lstm", s => s.Cell == "lstm");
    }

    private void AddRecordsFlags()
    {
        Group = FlagGroup.Labels;
        Switch(
            "--ignore-labels",
            "With --labelled: learn the same records without their labels, to see what these are worth.",
            (s, v) => s with { IgnoreLabels = v }
        );
        Switch(
            "--keep-repeats",
            "With --labelled: learn a text that comes several times under its label as often; what is held "
                + "out has it once.",
            (s, v) => s with { KeepRepeats = v }
        );
        Integer(
            "--label-embedding-size",
            "With --labelled: numbers in a label's embedding, which is joined to the symbol's; 0 feeds "
                + $"labels one-hot (default: {Defaults.LabelEmbeddingSize}).",
            0,
            ModelSpec.MaxSize,
            (s, v) => s with { LabelEmbeddingSize = v }
        );
        Needs("--labelled records", (_, sources) => sources.IsGiven("--labelled"));
        Add(
            "--label-weights",
            "With --labelled and --sampling random: how often labels are drawn: as often as they come "
                + "(none), all alike (balanced), or in proportion to their records^(1-P) (default: none).",
            "none|balanced|P",
            text =>
                text switch
                {
                    "none" => 0,
                    "balanced" => 1,
                    _ => SettingParser.Number(text, new(0, 1)),
                },
            (s, v) => s with { LabelWeights = v }
        );
        Needs("--labelled records", (_, sources) => sources.IsGiven("--labelled"));
        Switch(
            "--given-starts",
            "Of records: the first symbol of each is given, and not learnt; samples then need --prompt, or "
                + "of a model with labels --starts.",
            (s, v) => s with { ConditionOnFirstSymbol = v }
        );
        Switch(
            "--whole-records",
            "With --sampling random and --given-starts: each stream of a window is one whole record, as long "
                + "as the longest of them or --seq-length.",
            (s, v) => s with { WholeRecords = v }
        );
    }

    private static Activation ActivationOf(string text) =>
        SettingParser.Choice(text, ("none", Activation.None), ("relu", Activation.Relu), ("tanh", Activation.Tanh));
}
