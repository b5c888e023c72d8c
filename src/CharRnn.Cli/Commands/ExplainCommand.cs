using System.CommandLine;
using System.Text;
using CharRnn.Checkpoints;
using CharRnn.Cli.Flags;
using CharRnn.Cli.Rendering;
using CharRnn.Datasets;
using CharRnn.Explaining;
using CharRnn.Networks;

namespace CharRnn.Cli.Commands;

/// <summary>
/// <c>charrnn explain</c>: every number of one forward pass, one backward pass and one update, in words.
/// </summary>
internal sealed class ExplainCommand : VerbCommand
{
    private const string DefaultOptimizer = "sgd",
        MarkdownExtension = ".md";

    private readonly Setting<string> _text = new(
        "--text",
        $"Text to read and learn from (default: {TinyNetwork.DefaultText}).",
        TinyNetwork.DefaultText,
        value => value,
        "TEXT"
    );
    private readonly Option<string?> _model = new("--model")
    {
        Description =
            "A run folder, or one .safetensors file, to explain; without it a tiny network on the text's own "
            + "characters.",
        HelpName = "MODEL",
    };
    private readonly Setting<string> _cell = new(
        "--cell",
        "The tiny network's cell (default: rnn).",
        "rnn",
        value => SettingParser.Choice(value, [.. CellCatalog.All.Select(known => (known.Name, known.Name))]),
        string.Join('|', CellCatalog.All.Select(known => known.Name))
    );
    private readonly Setting<int> _hiddenSize = Integer(
        "--hidden-size",
        $"Its hidden units in each layer (default: {TinyNetwork.DefaultHiddenSize}).",
        TinyNetwork.DefaultHiddenSize,
        1,
        ModelSpec.MaxSize
    );
    private readonly Setting<int> _numLayers = Integer(
        "--num-layers",
        "Its recurrent layers (default: 1).",
        1,
        1,
        ModelSpec.MaxLayers
    );
    private readonly Setting<int> _embeddingSize = Integer(
        "--embedding-size",
        "Numbers in its embedding; 0 feeds characters one-hot (default: 0).",
        0,
        0,
        ModelSpec.MaxSize
    );
    private readonly Setting<ulong> _seed = new(
        "--seed",
        "Seed of its weights (default: 1).",
        1,
        SettingParser.Seed,
        "N"
    );
    private readonly Setting<string> _optimizer = new(
        "--optimizer",
        $"The rule of the update (default: {DefaultOptimizer}).",
        DefaultOptimizer,
        value => SettingParser.Choice(value, [.. OptimizerSettings.Names.Select(known => (known, known))]),
        string.Join('|', OptimizerSettings.Names)
    );
    private readonly Setting<double> _learningRate = new(
        "--learning-rate",
        "Its learning rate (default: 0.1).",
        TinyNetwork.DefaultLearningRate,
        value => SettingParser.Number(value, new(0, double.MaxValue)),
        "X"
    );
    private readonly Option<string?> _format = new("--format")
    {
        Description =
            "Layout: for a screen of 100 columns, or as Markdown (default: screen, or markdown "
            + "into a file that ends in .md).",
        HelpName = "screen|markdown",
    };
    private readonly Option<string?> _output = new("--output", "-o")
    {
        Description = "Write it into this file instead.",
        HelpName = "FILE",
    };
    private readonly Option<bool> _json = new("--json")
    {
        Description = "Print the numbers as one JSON object instead.",
    };

    public ExplainCommand(Shell shell)
        : base(
            shell,
            "explain",
            "Show every number of one training step: forward pass, loss, backward pass through time, update."
        )
    {
        Add(_text.Option);
        Add(_model);
        foreach (var flag in TinyNetworkFlags)
            Add(flag);
        Add(_optimizer.Option);
        Add(_learningRate.Option);
        Add(_format);
        Add(_output);
        Add(_json);
        Examples =
        [
            new("charrnn explain --cell lstm --text hello", "Show one training step of a tiny LSTM."),
            new("charrnn explain --model runs/dragons-001 -o step.md", "The same of a trained model, as Markdown."),
        ];
    }

    private Option[] TinyNetworkFlags =>
        [_cell.Option, _hiddenSize.Option, _numLayers.Option, _embeddingSize.Option, _seed.Option];

    protected override int Run(ParseResult parsed)
    {
        var sources = new SettingSources(parsed, Shell.Environment);
        var (path, isJson) = (parsed.GetValue(_output), parsed.GetValue(_json));
        bool isMarkdown = IsMarkdown(parsed.GetValue(_format), path);
        if (isJson && parsed.GetValue(_format) is not null)
            throw new SettingsException("--json prints numbers and --format lays out words; give one of them.");

        using var pupil = Pupil(parsed, sources);
        var explanation = Explain(pupil, sources);
        if (path is null)
        {
            Write(Shell.Output, explanation, isJson, isMarkdown);
            return ExitCode.Success;
        }

        AtomicFile.Write(
            path,
            stream =>
            {
                using var writer = new StreamWriter(
                    stream,
                    new UTF8Encoding(encoderShouldEmitUTF8Identifier: false),
                    leaveOpen: true
                )
                {
                    NewLine = "\n",
                };
                Write(writer, explanation, isJson, isMarkdown);
            }
        );
        Shell.Terminal.Message($"written to {TextEscape.ForTerminal(path, keepLineFeedsAndTabs: false)}");
        return ExitCode.Success;
    }

    private static Setting<int> Integer(string flag, string description, int fallback, int least, int most) =>
        new(flag, description, fallback, value => SettingParser.Integer(value, least, most), "N");

    private static bool IsMarkdown(string? format, string? path) =>
        format switch
        {
            "markdown" => true,
            "screen" => false,
            null => path?.EndsWith(MarkdownExtension, StringComparison.OrdinalIgnoreCase) ?? false,
            _ => throw new SettingsException($"--format is '{format}'; it needs one of screen, markdown."),
        };

    private static void Write(TextWriter writer, Explanation explanation, bool isJson, bool isMarkdown)
    {
        if (isJson)
            ExplanationJson.Write(writer, explanation);
        else if (isMarkdown)
            MarkdownLayout.Write(writer, Walkthrough.Of(explanation));
        else
            ScreenLayout.Write(writer, Walkthrough.Of(explanation));
    }

    /// <summary>The network that is explained: a model, or a tiny one made for the text.</summary>
    private LanguageModel Pupil(ParseResult parsed, SettingSources sources)
    {
        if (parsed.GetValue(_model) is { } path)
        {
            var tiny = TinyNetworkFlags.FirstOrDefault(flag => parsed.GetResult(flag) is { Implicit: false });
            return tiny is null
                ? LanguageModel.Load(path)
                : throw new SettingsException(
                    $"{tiny.Name} is for the tiny network, and --model names one that is there already; give one of "
                        + "them."
                );
        }

        ModelSpec specFor(int symbols) =>
            new()
            {
                VocabularySize = symbols,
                Cell = _cell.Resolve(sources).Value,
                HiddenSize = _hiddenSize.Resolve(sources).Value,
                NumLayers = _numLayers.Resolve(sources).Value,
                EmbeddingSize = _embeddingSize.Resolve(sources).Value,
            };
        string text = _text.Resolve(sources).Value;
        return text.Length > 0
            ? TinyNetwork.Of(text, specFor, _seed.Resolve(sources).Value)
            : throw new SettingsException("--text is empty; it needs two characters at least.");
    }

    private Explanation Explain(LanguageModel pupil, SettingSources sources)
    {
        var rule = new OptimizerSettings { Name = _optimizer.Resolve(sources).Value };
        try
        {
            return Explainer.Explain(pupil, _text.Resolve(sources).Value, rule, _learningRate.Resolve(sources).Value);
        }
        catch (SettingsException failure)
        {
            throw new SettingsException($"--text: {failure.Message}");
        }
    }
}
