using System.Globalization;
using System.Text;
using System.Text.Json;
using CharRnn.Checkpoints;
using CharRnn.Datasets;
using CharRnn.Networks;
using CharRnn.Report.Pages;

namespace CharRnn.Cli.Rendering;

/// <summary>Output of <c>inspect</c> for a model of any kind: facts beside each other, and the parameters.</summary>
internal static class ModelSheet
{
    private const string Total = "all";

    /// <summary>Text of a model, on one line.</summary>
    public static string OnOneLine(string text) => TextEscape.ForTerminal(text, keepLineFeedsAndTabs: false);

    /// <summary>A model's file and its size.</summary>
    public static string DescribeFile(string path, long bytes) => $"{OnOneLine(path)}, {Quantity.Bytes(bytes)}";

    /// <summary>The types of the weights in a model's file, where they are others than they are computed in.</summary>
    public static IEnumerable<(string What, string Value)> Types(RecurrentModel loaded, string path)
    {
        var types = ForeignTypes(loaded, path);
        if (types.Count > 0)
            yield return ("weights", $"{string.Join(" and ", types)}, read as {TensorType.F32}");
    }

    /// <summary>The name of an encoding in files.</summary>
    public static string NameOf(TextEncoding encoding) => encoding == TextEncoding.Bytes ? "bytes" : "utf-8";

    /// <summary>The symbols of a vocabulary, and how many they are.</summary>
    public static string Describe(Vocabulary vocabulary) =>
        $"{Quantity.Count(vocabulary.Count)} "
        + $"{(vocabulary.Encoding == TextEncoding.Bytes ? "bytes" : "characters")}: "
        + $"{SymbolList.Of(vocabulary)}";

    /// <summary>Numbers in an embedding, or that there is none.</summary>
    public static string EmbeddingSize(int size) => size > 0 ? Quantity.Count(size) : "none (one-hot)";

    /// <summary>The labels, if there are any.</summary>
    public static IEnumerable<(string What, string Value)> Labels(IReadOnlyList<string> labels)
    {
        if (labels.Count > 0)
            yield return ("labels", $"{Quantity.Count(labels.Count)}: {LabelNames.List(labels)}");
    }

    /// <summary>Preparation of texts, if there is one, and provenance of the model.</summary>
    public static IEnumerable<(string What, string Value)> Origins(
        TextPreparation preparation,
        IReadOnlyDictionary<string, string> provenance
    )
    {
        if (preparation.ToString() is { Length: > 0 } flags)
            yield return ("text prepared", flags);
        foreach (var (key, value) in provenance)
            yield return (OnOneLine(key), OnOneLine(value));
    }

    /// <summary>Facts, then an empty line and a table of the parameters.</summary>
    public static void Write(
        TextWriter output,
        IReadOnlyList<(string What, string Value)> facts,
        RecurrentLayout layout
    )
    {
        int width = facts.Max(fact => fact.What.Length);
        foreach (var (what, value) in facts)
            output.WriteLine($"{what.PadRight(width)}  {value}");
        output.WriteLine();
        WriteParameters(output, layout);
    }

    /// <summary>The labels for programs.</summary>
    public static void WriteLabels(Utf8JsonWriter json, IReadOnlyList<string> labels)
    {
        json.WriteStartArray("labels");
        foreach (string label in labels)
            json.WriteStringValue(label);
        json.WriteEndArray();
    }

    /// <summary>The parameters for programs: <c>params</c>, <c>tensors</c>, and <c>dtypes</c> where they are foreign.</summary>
    public static void WriteParameters(Utf8JsonWriter json, RecurrentModel loaded, string path)
    {
        var layout = loaded.Layout;
        json.WriteNumber("params", layout.ParameterCount);
        var types = ForeignTypes(loaded, path);
        if (types.Count > 0)
        {
            json.WriteStartArray("dtypes");
            foreach (var type in types)
                json.WriteStringValue(type.ToString());
            json.WriteEndArray();
        }

        json.WriteStartArray("tensors");
        foreach (var tensor in layout.Tensors)
        {
            json.WriteStartObject();
            json.WriteString("name", tensor.Name);
            json.WriteStartArray("shape");
            foreach (long size in tensor.Shape)
                json.WriteNumberValue(size);
            json.WriteEndArray();
            json.WriteNumber("count", tensor.Count);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    /// <summary>Vocabulary, preparation and provenance for programs.</summary>
    public static void WriteOrigins(
        Utf8JsonWriter json,
        Vocabulary vocabulary,
        TextPreparation preparation,
        IReadOnlyDictionary<string, string> provenance
    )
    {
        json.WriteString("encoding", NameOf(vocabulary.Encoding));
        json.WriteNumber("vocabulary_size", vocabulary.Count);
        json.WriteStartArray("vocabulary");
        foreach (int symbol in vocabulary.Symbols)
            json.WriteNumberValue(symbol);
        json.WriteEndArray();
        json.WriteString("preparation", preparation.ToString());
        json.WriteStartObject("provenance");
        foreach (var (key, value) in provenance)
            json.WriteString(key, value);
        json.WriteEndObject();
    }

    /// <summary>The types in a file that has any but <see cref="TensorType.F32"/>; none in any other.</summary>
    private static IReadOnlyList<TensorType> ForeignTypes(RecurrentModel loaded, string path)
    {
        using var file = SafetensorsFile.Open(path);
        var types = ModelTensors.Types(file, loaded.Layout);
        return types is [TensorType.F32] ? [] : types;
    }

    private static void WriteParameters(TextWriter output, RecurrentLayout layout)
    {
        var rows = layout
            .Tensors.Select(tensor =>
                (tensor.Name, Shape: $"({string.Join(", ", tensor.Shape)})", Count: Quantity.Count(tensor.Count))
            )
            .Prepend((Name: "PARAMETER", Shape: "SHAPE", Count: "COUNT"))
            .Append((Name: Total, Shape: "", Count: Quantity.Count(layout.ParameterCount)))
            .ToList();
        var (nameWidth, shapeWidth, countWidth) = (
            rows.Max(row => row.Name.Length),
            rows.Max(row => row.Shape.Length),
            rows.Max(row => row.Count.Length)
        );
        foreach (var (name, shape, count) in rows)
            output.WriteLine($"{name.PadRight(nameWidth)}  {shape.PadRight(shapeWidth)}  {count.PadLeft(countWidth)}");
    }
}

/// <summary>
/// A vocabulary on one line: what can be seen stands as it is, and whatever cannot, or would join its neighbour, is
/// escaped.
/// </summary>
internal static class SymbolList
{
    private const int MaxShown = 400;

    public static string Of(Vocabulary vocabulary)
    {
        var shown = new StringBuilder();
        foreach (int symbol in vocabulary.Symbols[..Math.Min(vocabulary.Count, MaxShown)])
            shown.Append(Show(symbol, vocabulary.Encoding));
        if (vocabulary.Count > MaxShown)
            shown.Append($" … and {Quantity.Count(vocabulary.Count - MaxShown)} more");
        return shown.ToString();
    }

    private static string Show(int symbol, TextEncoding encoding)
    {
        if (symbol >= Vocabulary.BoundarySymbol)
            return Vocabulary.Describe(symbol, encoding);
        // A byte above ASCII is a part of a character at best.
        if (encoding == TextEncoding.Bytes && symbol > 0x7F)
            return $"\\x{symbol:X2}";
        var rune = new Rune(symbol);
        string safe = TextEscape.ForTerminal(rune.ToString(), keepLineFeedsAndTabs: false);
        return safe.Length == rune.Utf16SequenceLength && !CanBeSeen(rune) ? $"\\u{{{symbol:X4}}}" : safe;
    }

    private static bool CanBeSeen(Rune rune) =>
        rune.Value == ' '
        || Rune.GetUnicodeCategory(rune)
            is not (
                UnicodeCategory.SpaceSeparator
                or UnicodeCategory.Format
                or UnicodeCategory.PrivateUse
                or UnicodeCategory.OtherNotAssigned
                or UnicodeCategory.NonSpacingMark
                or UnicodeCategory.EnclosingMark
                or UnicodeCategory.SpacingCombiningMark
            );
}
