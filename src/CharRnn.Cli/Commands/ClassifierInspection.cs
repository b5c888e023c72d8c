using System.Globalization;
using CharRnn.Cli.Rendering;
using CharRnn.Engine;
using CharRnn.Networks;

namespace CharRnn.Cli.Commands;

/// <summary>
/// What <c>charrnn inspect</c> shows of a classifier: its network, labels, vocabulary, origin and parameters.
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
                ("file", $"{ModelSheet.OnOneLine(path)}, {Quantity.Bytes(bytes)}"),
                ("kind", Kind),
                ("cell", spec.Cell),
                ("hidden size", Quantity.Count(spec.HiddenSize)),
                ("layers", Quantity.Count(spec.NumLayers)),
                ("directions", spec.Bidirectional ? "both" : "forwards"),
                ("embedding", spec.EmbeddingSize > 0 ? Quantity.Count(spec.EmbeddingSize) : "none (one-hot)"),
                ("pooling", PoolingName),
                ("embedding dropout", spec.EmbeddingDropout.ToString(CultureInfo.InvariantCulture)),
                ("dropout", spec.Dropout.ToString(CultureInfo.InvariantCulture)),
                ("output dropout", spec.OutputDropout.ToString(CultureInfo.InvariantCulture)),
                (
                    "labels",
                    $"{Quantity.Count(loaded.Labels.Count)}: {ModelSheet.OnOneLine(string.Join(", ", loaded.Labels))}"
                ),
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
                json.WriteNumber("embedding_dropout", spec.EmbeddingDropout);
                json.WriteNumber("dropout", spec.Dropout);
                json.WriteNumber("output_dropout", spec.OutputDropout);
                ModelSheet.WriteParameters(json, loaded.Layout);
                json.WriteStartArray("labels");
                foreach (string label in loaded.Labels)
                    json.WriteStringValue(label);
                json.WriteEndArray();
                ModelSheet.WriteOrigins(json, loaded.Vocabulary, loaded.Preparation, loaded.Provenance);
            }
        );
}
