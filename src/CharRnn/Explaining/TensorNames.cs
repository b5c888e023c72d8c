using System.Text;
using CharRnn.Datasets;
using CharRnn.Networks;

namespace CharRnn.Explaining;

/// <summary>Names of a tensor and of its rows and columns, as in the equations.</summary>
internal sealed class TensorNames
{
    private readonly Func<int, string> _rowName,
        _columnName;

    /// <summary>Finds the names.</summary>
    public TensorNames(ModelSpec spec, Vocabulary vocabulary, ExplainedTensor tensor)
    {
        string name = tensor.Name;
        int split = name.LastIndexOf("_l", StringComparison.Ordinal);
        bool isOfLayer = split > 0;
        string kind = isOfLayer ? name[..split] : name;
        int layer = isOfLayer
            ? int.Parse(name.AsSpan(split + 2), System.Globalization.CultureInfo.InvariantCulture)
            : spec.NumLayers - 1;
        string Symbol(int id) => OfSymbol(vocabulary, id);
        // The head of a projected network has columns that are no units.
        bool readsUnits = kind != "head.weight" || spec.ProjectionSize == 0;
        string Unit(int unit) => readsUnits ? $"unit {unit}" : $"y{unit}";
        Gates =
            kind == "rnn.bias_hn"
                ? [.. CellEquations.Of(spec.Cell).Gates.TakeLast(spec.CellKind.SplitGates)]
                : CellEquations.Of(spec.Cell).Gates;
        Func<int, string> gated = row => Gated(row / spec.HiddenSize, row % spec.HiddenSize);
        bool readsSymbols = layer == 0 && spec.EmbeddingSize == 0;

        (string Name, Func<int, string> Row, Func<int, string> Column) names = kind switch
        {
            "embedding.weight" => ("embedding", Symbol, column => $"x{column}"),
            "rnn.weight_ih" => ("W", gated, readsSymbols ? Symbol : column => $"x{column}"),
            "rnn.weight_hh" => ("U", gated, Unit),
            "rnn.bias_ih" => ("b", gated, _ => ""),
            "rnn.bias_hh" => ("b_hh", gated, _ => ""),
            "rnn.bias_hn" => ("b_hn", gated, _ => ""),
            "projection.weight" => ("P", row => $"y{row}", Unit),
            "head.weight" => ("W_head", Symbol, Unit),
            "head.bias" => ("b_head", Symbol, _ => ""),
            _ => (kind, row => $"row {row}", column => $"column {column}"),
        };
        (_rowName, _columnName) = (names.Row, names.Column);
        Name = isOfLayer && spec.NumLayers > 1 ? $"{names.Name} of layer {layer}" : names.Name;
        (Layer, IsGated) = (
            layer,
            kind is "rnn.weight_ih" or "rnn.weight_hh" or "rnn.bias_ih" or "rnn.bias_hh" or "rnn.bias_hn"
        );
        HasUnitColumns = readsUnits && kind is "rnn.weight_hh" or "projection.weight" or "head.weight";
        HasSymbolRows = kind is "head.weight" or "head.bias" or "embedding.weight";
        HasSymbolColumns = kind == "rnn.weight_ih" && readsSymbols;
    }

    /// <summary>The tensor's name in the equations.</summary>
    public string Name { get; }

    /// <summary>
    /// Its layer; the last if it belongs to none, since the head's columns are that layer's units.
    /// </summary>
    public int Layer { get; }

    /// <summary>Names of the gates of its rows.</summary>
    public IReadOnlyList<string> Gates { get; }

    /// <summary>Whether its rows are units, gate after gate.</summary>
    public bool IsGated { get; }

    /// <summary>Whether its columns are units.</summary>
    public bool HasUnitColumns { get; }

    /// <summary>Whether its rows are symbols.</summary>
    public bool HasSymbolRows { get; }

    /// <summary>Whether its columns are symbols.</summary>
    public bool HasSymbolColumns { get; }

    /// <summary>Name of a row.</summary>
    public string Row(int row) => _rowName(row);

    /// <summary>Name of a column; empty for a vector.</summary>
    public string Column(int column) => _columnName(column);

    /// <summary>Name of an element.</summary>
    public string Element(int row, int column) =>
        Column(column) is { Length: > 0 } named ? $"{Row(row)}, {named}" : Row(row);

    /// <summary>Name of a symbol, between quotes, for a table.</summary>
    public static string OfSymbol(Vocabulary vocabulary, int id)
    {
        int symbol = vocabulary.Symbols[id];
        bool isCharacter = Rune.IsValid(symbol) && (vocabulary.Encoding == TextEncoding.Utf8 || symbol < 0x80);
        return isCharacter
            ? $"'{TextEscape.ForTerminal(new Rune(symbol).ToString(), keepLineFeedsAndTabs: false)}'"
            : Vocabulary.Describe(symbol, vocabulary.Encoding);
    }

    private string Gated(int gate, int unit) => Gates[gate].Length > 0 ? $"{Gates[gate]} {unit}" : $"unit {unit}";
}
