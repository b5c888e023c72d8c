using System.Buffers;
using System.Text;

namespace CharRnn.Datasets;

/// <summary>
/// The end of a preparation whose result is a string. Half a surrogate pair passes through it as its own code, for
/// others to refuse.
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

    /// <summary>What has come since the last time.</summary>
    public string Take()
    {
        string text = _text.ToString();
        _text.Clear();
        return text;
    }
}
