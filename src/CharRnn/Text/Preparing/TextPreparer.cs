using System.Buffers;
using System.Text;

namespace CharRnn.Datasets;

/// <summary>Preparer of short texts: normalises and folds one after another with the same stages.</summary>
internal sealed class TextPreparer
{
    private readonly StringSink _prepared = new();
    private readonly PreparationPipeline? _pipeline;
    private readonly bool _foldsCase;

    /// <param name="preparation">The preparation, of which normalising and folding are used.</param>
    internal TextPreparer(TextPreparation preparation)
    {
        _foldsCase = preparation.FoldCase;
        var used = preparation.ForShortTexts();
        if (used != new TextPreparation())
            _pipeline = new PreparationPipeline(new PreparationPlan(used), _prepared);
    }

    /// <summary>The prepared text.</summary>
    internal string Apply(string text)
    {
        // Neither normalising nor folding changes ASCII, but for its capitals.
        if (_pipeline is null || (!_foldsCase && Ascii.IsValid(text)))
            return text;
        _pipeline.Append(StringSink.SymbolsOf(text));
        _pipeline.EndSource();
        return _prepared.Take();
    }
}

/// <summary>
/// Sink that collects symbols as a string. A lone surrogate passes through as its own code; callers reject it.
/// </summary>
internal sealed class StringSink : ISymbolSink
{
    private readonly StringBuilder _text = new();

    /// <summary>The scalar values of a text.</summary>
    public static int[] SymbolsOf(ReadOnlySpan<char> text)
    {
        var symbols = new List<int>(text.Length);
        while (!text.IsEmpty)
        {
            bool isScalar = Rune.DecodeFromUtf16(text, out var rune, out int chars) == OperationStatus.Done;
            symbols.Add(isScalar ? rune.Value : text[0]);
            text = text[chars..];
        }
        return [.. symbols];
    }

    public void Append(ReadOnlySpan<int> symbols)
    {
        foreach (int symbol in symbols)
        {
            if (Rune.IsValid(symbol))
                _text.Append(new Rune(symbol).ToString());
            else
                _text.Append((char)symbol);
        }
    }

    public void EndSource() { }

    public void Finish() { }

    /// <summary>The text collected since the last call.</summary>
    public string Take()
    {
        string text = _text.ToString();
        _text.Clear();
        return text;
    }
}
