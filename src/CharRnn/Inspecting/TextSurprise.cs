using System.Text;
using CharRnn.Datasets;

namespace CharRnn.Inspecting;

/// <summary>Word or line of a text with its surprise.</summary>
/// <param name="Start">Its first symbol.</param>
/// <param name="Length">Number of its symbols; of a line, without its end.</param>
/// <param name="Bits">Σ −log₂ p over those that were predicted.</param>
internal sealed record SurprisingSpan(int Start, int Length, double Bits)
{
    /// <summary>Mean bits of a symbol.</summary>
    public double BitsPerSymbol => Bits / Length;
}

/// <summary>
/// Surprise of a model at a text: the bits of each symbol, −log₂ p, as <see cref="Evaluator"/> counts them with one
/// carried stream, and what they add up to over words and lines.
/// </summary>
internal sealed class TextSurprise
{
    private const int FirstByteBeyondAscii = 0x80;

    private readonly int[] _symbols;
    private readonly TextEncoding _encoding;

    private TextSurprise(int[] symbols, TextEncoding encoding, double?[] bits)
    {
        (_symbols, _encoding, Bits) = (symbols, encoding, bits);
        Words = [.. Spans(IsOfWord)];
        Lines = [.. Spans(symbol => !EndsLine(symbol))];
    }

    /// <summary>(symbols) the bits of each; null of what is not predicted: the first, and a record's given start.</summary>
    public IReadOnlyList<double?> Bits { get; }

    /// <summary>Σ of the bits.</summary>
    public double TotalBits => Bits.Sum(bits => bits ?? 0);

    /// <summary>The words, in the order of the text: letters, digits, and apostrophes between them.</summary>
    public IReadOnlyList<SurprisingSpan> Words { get; }

    /// <summary>The lines that are not empty, in the order of the text.</summary>
    public IReadOnlyList<SurprisingSpan> Lines { get; }

    /// <summary>Reads a text.</summary>
    /// <param name="model">The model.</param>
    /// <param name="ids">The text, with its labels for a model with labels; at least two symbols.</param>
    /// <param name="cancellationToken">Stops early.</param>
    /// <exception cref="CorpusException">The text is too short.</exception>
    /// <exception cref="SettingsException">The model has labels, and the text has none.</exception>
    public static TextSurprise Of(LanguageModel model, SymbolIds ids, CancellationToken cancellationToken = default)
    {
        int length = checked((int)ids.Length);
        var reader = new BitsReader(length);
        using var evaluator = new Evaluator(model) { Reader = reader };
        evaluator.Run(ids, new IdRange(0, length), cancellationToken: cancellationToken);
        int[] symbols = new int[length];
        ids.CopyTo(0, symbols);
        for (int i = 0; i < length; i++)
            symbols[i] = model.Vocabulary.Symbols[symbols[i]];
        return new TextSurprise(symbols, model.Vocabulary.Encoding, reader.Bits);
    }

    /// <summary>The most surprising of some spans; equal ones in the order of the text.</summary>
    /// <param name="spans">Words or lines.</param>
    /// <param name="count">Max number of them.</param>
    /// <param name="perSymbol">Whether by mean bits rather than by all.</param>
    public static IReadOnlyList<SurprisingSpan> Most(
        IReadOnlyList<SurprisingSpan> spans,
        int count,
        bool perSymbol = false
    ) => [.. spans.OrderByDescending(span => perSymbol ? span.BitsPerSymbol : span.Bits).Take(count)];

    private IEnumerable<SurprisingSpan> Spans(Func<int, bool> isWithin)
    {
        int start = 0;
        for (int i = 0; i <= _symbols.Length; i++)
        {
            if (i < _symbols.Length && (isWithin(_symbols[i]) || JoinsWord(i, isWithin)))
                continue;
            if (i > start)
                yield return new SurprisingSpan(start, i - start, Sum(start, i));
            start = i + 1;
        }
    }

    private double Sum(int start, int end)
    {
        double sum = 0;
        for (int i = start; i < end; i++)
            sum += Bits[i] ?? 0;
        return sum;
    }

    private bool JoinsWord(int i, Func<int, bool> isWithin) =>
        _symbols[i] is '\'' or '\u2019'
        && i > 0
        && i + 1 < _symbols.Length
        && isWithin(_symbols[i - 1])
        && isWithin(_symbols[i + 1]);

    // A byte beyond ASCII is part of a character, and that of a word more often than not.
    private bool IsOfWord(int symbol) =>
        _encoding == TextEncoding.Bytes && symbol >= FirstByteBeyondAscii
            ? symbol <= byte.MaxValue
            : Rune.IsValid(symbol) && Rune.IsLetterOrDigit(new Rune(symbol));

    private static bool EndsLine(int symbol) => symbol is '\n' or '\r' or Vocabulary.BoundarySymbol;

    private sealed class BitsReader(int length) : IScoreReader
    {
        // The first symbol is not predicted.
        private int _position = 1;

        public double?[] Bits { get; } = new double?[length];

        public void Read(int id, bool isCounted, double nats)
        {
            if (isCounted)
                Bits[_position] = nats / Math.Log(2);
            _position++;
        }
    }
}
