using System.CommandLine;
using System.Globalization;
using CharRnn.Cli.Rendering;
using CharRnn.Models;
using CharRnn.Text;

namespace CharRnn.Cli.Commands;

/// <summary><c>charrnn inspect</c>: what a model is, its parameters, its vocabulary, and where it came from.</summary>
internal sealed class InspectCommand : VerbCommand
{
    private readonly ModelArgument model = new();
    private readonly Option<bool> json = new("--json") { Description = "Print one JSON object instead." };

    public InspectCommand(Shell shell) : base(shell, "inspect", "Show what a model is: its network, parameters, vocabulary and origin.")
    {
        model.AddTo(this);
        Add(json);
    }

    protected override int Run(ParseResult parsed)
    {
        var path = model.FileOf(parsed);
        using var loaded = LanguageModel.Load(path);
        var bytes = new FileInfo(path).Length;
        if (parsed.GetValue(json))
            WriteJson(loaded, path, bytes);
        else
            WriteScreen(loaded, path, bytes);
        return ExitCode.Success;
    }

    private static string OnOneLine(string text) => TextEscape.ForTerminal(text, keepLineFeedsAndTabs: false);

    private static string NameOf(Activation activation) => activation.ToString().ToLowerInvariant();

    private static string NameOf(TextEncoding encoding) => encoding == TextEncoding.Bytes ? "bytes" : "utf-8";

    private void WriteScreen(LanguageModel loaded, string path, long bytes)
    {
        var spec = loaded.Spec;
        List<(string What, string Value)> rows =
        [
            ("file", $"{OnOneLine(path)}, {Quantity.Bytes(bytes)}"),
            ("cell", spec.Cell),
            ("hidden size", Quantity.Count(spec.HiddenSize)),
            ("layers", Quantity.Count(spec.NumLayers)),
            ("embedding", spec.EmbeddingSize > 0 ? Quantity.Count(spec.EmbeddingSize) : "none (one-hot)"),
            ("residual", spec.Residual ? "yes" : "no"),
            ("dropout", spec.Dropout.ToString(CultureInfo.InvariantCulture)),
            ("output dropout", spec.OutputDropout.ToString(CultureInfo.InvariantCulture)),
            .. Extras(spec),
            ("vocabulary", $"{Quantity.Count(loaded.Vocabulary.Count)} {(loaded.Vocabulary.Encoding == TextEncoding.Bytes ? "bytes" : "characters")}: {SymbolList.Of(loaded.Vocabulary)}"),
            .. Prepared(loaded),
            .. Labelled(loaded),
            .. loaded.Provenance.Select(origin => (OnOneLine(origin.Key), OnOneLine(origin.Value))),
        ];
        var width = rows.Max(row => row.What.Length);
        foreach (var (what, value) in rows)
            Shell.Output.WriteLine($"{what.PadRight(width)}  {value}");
        Shell.Output.WriteLine();
        WriteParameters(loaded);
    }

    /// <summary>What most networks do without, and are not shown to lack.</summary>
    private static IEnumerable<(string What, string Value)> Extras(ModelSpec spec)
    {
        if (spec.EmbeddingActivation != Activation.None)
            yield return ("embedding activation", NameOf(spec.EmbeddingActivation));
        if (spec.HeadActivation != Activation.None)
            yield return ("head activation", NameOf(spec.HeadActivation));
        if (spec.ProjectionSize > 0)
            yield return ("projection size", Quantity.Count(spec.ProjectionSize));
        if (spec.LabelCount > 0)
            yield return ("label embedding", spec.LabelEmbeddingSize > 0 ? Quantity.Count(spec.LabelEmbeddingSize) : "none (one-hot)");
    }

    private static IEnumerable<(string What, string Value)> Prepared(LanguageModel loaded)
    {
        if (loaded.Preparation.ToString() is { Length: > 0 } flags)
            yield return ("text prepared", flags);
    }

    private static IEnumerable<(string What, string Value)> Labelled(LanguageModel loaded)
    {
        if (loaded.Labels.Count > 0)
            yield return ("labels", $"{Quantity.Count(loaded.Labels.Count)}: {OnOneLine(string.Join(", ", loaded.Labels))}");
    }

    private void WriteParameters(LanguageModel loaded)
    {
        const string total = "all";
        var rows = loaded.Layout.Tensors
            .Select(tensor => (tensor.Name, Shape: $"({string.Join(", ", tensor.Shape)})", Count: Quantity.Count(tensor.Count)))
            .Prepend((Name: "PARAMETER", Shape: "SHAPE", Count: "COUNT"))
            .Append((Name: total, Shape: "", Count: Quantity.Count(loaded.ParameterCount)))
            .ToList();
        var (nameWidth, shapeWidth, countWidth) = (rows.Max(row => row.Name.Length), rows.Max(row => row.Shape.Length), rows.Max(row => row.Count.Length));
        foreach (var (name, shape, count) in rows)
            Shell.Output.WriteLine($"{name.PadRight(nameWidth)}  {shape.PadRight(shapeWidth)}  {count.PadLeft(countWidth)}");
    }

    private void WriteJson(LanguageModel loaded, string path, long bytes) => JsonLine.Write(Shell.Output, json =>
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
        if (loaded.Labels.Count > 0)
        {
            json.WriteNumber("label_embedding_size", spec.LabelEmbeddingSize);
            json.WriteStartArray("labels");
            foreach (var label in loaded.Labels)
                json.WriteStringValue(label);
            json.WriteEndArray();
        }

        json.WriteNumber("params", loaded.ParameterCount);
        json.WriteStartArray("tensors");
        foreach (var tensor in loaded.Layout.Tensors)
        {
            json.WriteStartObject();
            json.WriteString("name", tensor.Name);
            json.WriteStartArray("shape");
            foreach (var size in tensor.Shape)
                json.WriteNumberValue(size);
            json.WriteEndArray();
            json.WriteNumber("count", tensor.Count);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteString("encoding", NameOf(loaded.Vocabulary.Encoding));
        json.WriteNumber("vocabulary_size", spec.VocabularySize);
        json.WriteStartArray("vocabulary");
        foreach (var symbol in loaded.Vocabulary.Symbols)
            json.WriteNumberValue(symbol);
        json.WriteEndArray();
        json.WriteString("preparation", loaded.Preparation.ToString());
        json.WriteStartObject("provenance");
        foreach (var (key, value) in loaded.Provenance)
            json.WriteString(key, value);
        json.WriteEndObject();
    });
}
