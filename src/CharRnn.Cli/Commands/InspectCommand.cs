using System.CommandLine;
using System.Globalization;
using CharRnn.Cli.Flags;
using CharRnn.Cli.Rendering;
using CharRnn.Engine;
using CharRnn.Networks;

namespace CharRnn.Cli.Commands;

/// <summary><c>charrnn inspect</c>: a model's network, parameters, vocabulary and provenance.</summary>
internal sealed class InspectCommand : VerbCommand
{
    private readonly ModelArgument _model = new();
    private readonly Option<bool> _json = SharedFlags.Json();

    public InspectCommand(Shell shell)
        : base(shell, "inspect", "Show what a model is: its network, parameters, vocabulary and origin.")
    {
        _model.AddTo(this);
        Add(_json);
        Examples =
        [
            new("charrnn inspect runs/dragons-001", "Show the model of a run."),
            new("charrnn inspect model.safetensors --json", "The same of a file, for a program."),
        ];
    }

    protected override int Run(ParseResult parsed)
    {
        string path = _model.FileOf(parsed);
        long bytes = new FileInfo(path).Length;
        if (SequenceClassifier.IsOne(path))
        {
            using var classifier = SequenceClassifier.Load(path);
            new ClassifierInspection(Shell, classifier, path, bytes).Write(parsed.GetValue(_json));
            return ExitCode.Success;
        }

        using var loaded = LanguageModel.Load(path);
        if (parsed.GetValue(_json))
            WriteJson(loaded, path, bytes);
        else
            WriteScreen(loaded, path, bytes);
        return ExitCode.Success;
    }

    private static string NameOf(Activation activation) => activation.ToString().ToLowerInvariant();

    private void WriteScreen(LanguageModel loaded, string path, long bytes)
    {
        var spec = loaded.Spec;
        List<(string What, string Value)> rows =
        [
            ("file", ModelSheet.DescribeFile(path, bytes)),
            .. ModelSheet.Types(loaded, path),
            ("cell", spec.Cell),
            ("hidden size", Quantity.Count(spec.HiddenSize)),
            ("layers", Quantity.Count(spec.NumLayers)),
            ("embedding", ModelSheet.EmbeddingSize(spec.EmbeddingSize)),
            ("residual", spec.Residual ? "yes" : "no"),
            ("dropout", spec.Dropout.ToString(CultureInfo.InvariantCulture)),
            ("output dropout", spec.OutputDropout.ToString(CultureInfo.InvariantCulture)),
            .. Extras(spec),
            ("vocabulary", ModelSheet.Describe(loaded.Vocabulary)),
            .. ModelSheet.Labels(loaded.Labels),
            .. ModelSheet.Origins(loaded.Preparation, loaded.Provenance),
        ];
        ModelSheet.Write(Shell.Output, rows, loaded.Layout);
    }

    /// <summary>Rare features, with a row only where the network has them.</summary>
    private static IEnumerable<(string What, string Value)> Extras(ModelSpec spec)
    {
        if (spec.EmbeddingActivation != Activation.None)
            yield return ("embedding activation", NameOf(spec.EmbeddingActivation));
        if (spec.HeadActivation != Activation.None)
            yield return ("head activation", NameOf(spec.HeadActivation));
        if (spec.FeedbackSize > 0)
            yield return ("fed back", $"{Quantity.Count(spec.FeedbackSize)} of the units");
        if (spec.LogitDropout > 0)
            yield return ("logit dropout", spec.LogitDropout.ToString(CultureInfo.InvariantCulture));
        if (spec.ConditionOnFirstSymbol)
            yield return ("starts of records", "given");
        if (spec.ProjectionSize > 0)
            yield return ("projection size", Quantity.Count(spec.ProjectionSize));
        if (spec.LabelCount > 0)
            yield return ("label embedding", ModelSheet.EmbeddingSize(spec.LabelEmbeddingSize));
    }

    private void WriteJson(LanguageModel loaded, string path, long bytes) =>
        JsonLine.Write(
            Shell.Output,
            json =>
            {
                var spec = loaded.Spec;
                json.WriteString("file", path);
                json.WriteNumber("bytes", bytes);
                json.WriteString("cell", spec.Cell);
                json.WriteNumber("hidden_size", spec.HiddenSize);
                json.WriteNumber("num_layers", spec.NumLayers);
                json.WriteNumber("embedding_size", spec.EmbeddingSize);
                json.WriteBoolean("residual", spec.Residual);
                json.WriteNumber("dropout", spec.Dropout);
                json.WriteNumber("output_dropout", spec.OutputDropout);
                json.WriteString("embedding_activation", NameOf(spec.EmbeddingActivation));
                json.WriteString("head_activation", NameOf(spec.HeadActivation));
                json.WriteNumber("projection_size", spec.ProjectionSize);
                if (spec.FeedbackSize > 0)
                    json.WriteNumber("feedback_size", spec.FeedbackSize);
                if (spec.LogitDropout > 0)
                    json.WriteNumber("logit_dropout", spec.LogitDropout);
                if (spec.ConditionOnFirstSymbol)
                    json.WriteBoolean("given_starts", spec.ConditionOnFirstSymbol);
                if (loaded.Labels.Count > 0)
                {
                    json.WriteNumber("label_embedding_size", spec.LabelEmbeddingSize);
                    ModelSheet.WriteLabels(json, loaded.Labels);
                }

                ModelSheet.WriteParameters(json, loaded, path);
                ModelSheet.WriteOrigins(json, loaded.Vocabulary, loaded.Preparation, loaded.Provenance);
            }
        );
}

/// <summary>
/// A classifier as <c>charrnn inspect</c> shows it: its network, labels, vocabulary, origin and parameters.
/// </summary>
/// <param name="shell">The surroundings.</param>
/// <param name="loaded">The classifier.</param>
/// <param name="path">Its file.</param>
/// <param name="bytes">The file's size.</param>
internal sealed class ClassifierInspection(Shell shell, SequenceClassifier loaded, string path, long bytes)
{
    private const string Kind = "classifier";

    private string PoolingName => loaded.Spec.Pooling.ToString().ToLowerInvariant();

    /// <summary>Writes it to standard output.</summary>
    public void Write(bool isJson)
    {
        if (isJson)
            WriteJson();
        else
            WriteScreen();
    }

    private void WriteScreen()
    {
        var spec = loaded.Spec;
        ModelSheet.Write(
            shell.Output,
            [
                ("file", ModelSheet.DescribeFile(path, bytes)),
                .. ModelSheet.Types(loaded, path),
                ("kind", Kind),
                ("cell", spec.Cell),
                ("hidden size", Quantity.Count(spec.HiddenSize)),
                ("layers", Quantity.Count(spec.NumLayers)),
                ("directions", spec.Bidirectional ? "both" : "forward"),
                ("embedding", ModelSheet.EmbeddingSize(spec.EmbeddingSize)),
                ("pooling", PoolingName),
                .. spec.MultiLabel ? [("labels of a text", "several")] : Array.Empty<(string, string)>(),
                ("embedding dropout", spec.EmbeddingDropout.ToString(CultureInfo.InvariantCulture)),
                ("dropout", spec.Dropout.ToString(CultureInfo.InvariantCulture)),
                ("output dropout", spec.OutputDropout.ToString(CultureInfo.InvariantCulture)),
                .. ModelSheet.Labels(loaded.Labels),
                ("vocabulary", ModelSheet.Describe(loaded.Vocabulary)),
                .. ModelSheet.Origins(loaded.Preparation, loaded.Provenance),
            ],
            loaded.Layout
        );
    }

    private void WriteJson() =>
        JsonLine.Write(
            shell.Output,
            json =>
            {
                var spec = loaded.Spec;
                json.WriteString("file", path);
                json.WriteNumber("bytes", bytes);
                json.WriteString("kind", Kind);
                json.WriteString("cell", spec.Cell);
                json.WriteNumber("hidden_size", spec.HiddenSize);
                json.WriteNumber("num_layers", spec.NumLayers);
                json.WriteBoolean("bidirectional", spec.Bidirectional);
                json.WriteNumber("embedding_size", spec.EmbeddingSize);
                json.WriteString("pooling", PoolingName);
                if (spec.MultiLabel)
                    json.WriteBoolean("multi_label", spec.MultiLabel);
                json.WriteNumber("embedding_dropout", spec.EmbeddingDropout);
                json.WriteNumber("dropout", spec.Dropout);
                json.WriteNumber("output_dropout", spec.OutputDropout);
                ModelSheet.WriteParameters(json, loaded, path);
                ModelSheet.WriteLabels(json, loaded.Labels);
                ModelSheet.WriteOrigins(json, loaded.Vocabulary, loaded.Preparation, loaded.Provenance);
            }
        );
}
