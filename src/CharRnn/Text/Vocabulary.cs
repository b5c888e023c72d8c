using System.Buffers;
using System.Text;
using CharRnn.Datasets;

namespace CharRnn;

/// <summary>Unit of a text: what one symbol is.</summary>
public enum TextEncoding
{
    /// <summary>
    /// Strict UTF-8: a symbol is a Unicode scalar value, so that an emoji code point or ł is one symbol.
    /// </summary>
    Utf8,

    /// <summary>Raw bytes: a symbol is a byte, 0 … 255, whatever the file holds.</summary>
    Bytes,
}

/// <summary>
/// Set of the symbols a model knows, each with its id: its rank among them, sorted ascending, or in a model file from
/// elsewhere its place in the file's list. A symbol is a Unicode scalar value, or a byte value 0 … 255 with
/// <see cref="TextEncoding.Bytes"/>. Two special symbols may be among them: the boundary between texts, and the unknown
/// symbol that stands for rare characters.
/// </summary>
public sealed class Vocabulary
{
    /// <summary>Boundary symbol, just past Unicode: stands before, between and after separate texts.</summary>
    public const int BoundarySymbol = 0x110000;

    /// <summary>Unknown symbol: stands for every character without a symbol of its own.</summary>
    public const int UnknownSymbol = 0x110001;

    /// <summary>Exclusive upper bound of all symbols.</summary>
    internal const int SymbolLimit = UnknownSymbol + 1;

    // The unknown symbol is decoded to Unicode's replacement character.
    private const int ReplacementCharacter = 0xFFFD;

    // Symbols beyond the basic plane are rare, and a table over them would take megabytes: they are found by binary
    // search.
    private const int TableLimit = 0x10000;

    // By id.
    private readonly int[] _symbols;

    // Ascending, and the id of each; the same array as by id, and no ids, where those are the ranks.
    private readonly int[] _sorted;
    private readonly int[]? _idOfRank;

    // Id + 1 of each symbol below the table's length; 0 means absent.
    private readonly int[] _idPlusOne;

    // The character a boundary is decoded to: a line end, unless the vocabulary has line ends of its own.
    private readonly int? _boundaryAs;

    /// <summary>Makes a vocabulary of the given symbols, in any order: the ids are their ranks.</summary>
    /// <exception cref="SettingsException">
    /// There is no symbol, one is given twice, or one is no scalar value (or no byte).
    /// </exception>
    public Vocabulary(IEnumerable<int> symbols, TextEncoding encoding)
        : this(encoding, Sorted(symbols)) { }

    private Vocabulary(TextEncoding encoding, int[] symbols)
    {
        if (!Enum.IsDefined(encoding))
            throw new SettingsException($"text encoding {(int)encoding} is unknown; use utf-8 or bytes.");
        (_symbols, _sorted, Encoding) = (symbols, symbols, encoding);
        if (!IsAscending(symbols))
        {
            _sorted = [.. symbols];
            _idOfRank = [.. Enumerable.Range(0, symbols.Length)];
            Array.Sort(_sorted, _idOfRank);
        }
        CheckSymbols();

        _idPlusOne = new int[Math.Min(_sorted[^1] + 1, TableLimit)];
        for (int rank = 0; rank < _sorted.Length && _sorted[rank] < TableLimit; rank++)
            _idPlusOne[_sorted[rank]] = IdOf(rank) + 1;
        BoundaryId = TryGetId(BoundarySymbol, out int boundary) ? boundary : null;
        UnknownId = TryGetId(UnknownSymbol, out int unknown) ? unknown : null;
        bool hasLineFeed = TryGetId(LineEnds.Feed, out int lineFeed);
        _boundaryAs = hasLineFeed ? null : LineEnds.Feed;
        LineEndId =
            hasLineFeed ? lineFeed
            : TryGetId(LineEnds.Return, out int carriageReturn) ? carriageReturn
            : null;
    }

    /// <summary>A vocabulary whose ids are the places of the given symbols.</summary>
    /// <exception cref="SettingsException">As of the constructor.</exception>
    internal static Vocabulary InOrder(IEnumerable<int> symbols, TextEncoding encoding) => new(encoding, [.. symbols]);

    /// <summary>Number of symbols, V.</summary>
    public int Count => _symbols.Length;

    /// <summary>The unit of a symbol: a character or a byte.</summary>
    public TextEncoding Encoding { get; }

    /// <summary>
    /// The id of <see cref="BoundarySymbol"/>: as an input it begins a text, as an output it ends one; null if the
    /// vocabulary has none.
    /// </summary>
    public int? BoundaryId { get; }

    /// <summary>
    /// The id of the symbol that ends a line: the line feed, or the carriage return of a text whose lines end with it
    /// alone; null if the vocabulary has neither.
    /// </summary>
    internal int? LineEndId { get; }

    /// <summary>The id of <see cref="UnknownSymbol"/>; null if the vocabulary has none.</summary>
    public int? UnknownId { get; }

    /// <summary>The symbols, (V); the index is the id. Ascending, but for those of a model file from elsewhere.</summary>
    public ReadOnlySpan<int> Symbols => _symbols;

    /// <summary>Finds the id of a symbol; false if the vocabulary lacks it.</summary>
    public bool TryGetId(int symbol, out int id)
    {
        if ((uint)symbol < (uint)_idPlusOne.Length)
        {
            int found = _idPlusOne[symbol];
            id = Math.Max(found - 1, 0);
            return found > 0;
        }
        int rank = Array.BinarySearch(_sorted, symbol);
        id = rank >= 0 ? IdOf(rank) : 0;
        return rank >= 0;
    }

    /// <summary>
    /// The ids of a text's symbols: its scalar values, or the bytes of its UTF-8 form with
    /// <see cref="TextEncoding.Bytes"/>. A symbol that the vocabulary lacks becomes its unknown symbol, if it has one.
    /// </summary>
    /// <exception cref="SettingsException">
    /// The vocabulary lacks a character of the text, and has no unknown symbol.
    /// </exception>
    public int[] Encode(string text) => Encode(text, skipUnknown: false, out _);

    /// <summary>
    /// The ids of a text's symbols; with <paramref name="skipUnknown"/> those that the vocabulary lacks are left out.
    /// </summary>
    /// <param name="text">The text.</param>
    /// <param name="skipUnknown">Leave unknown symbols out rather than refuse the text.</param>
    /// <param name="skipped">Number of symbols left out.</param>
    /// <exception cref="SettingsException">
    /// The vocabulary lacks a character of the text and has no unknown symbol, and <paramref name="skipUnknown"/> is
    /// false.
    /// </exception>
    public int[] Encode(string text, bool skipUnknown, out int skipped)
    {
        ArgumentNullException.ThrowIfNull(text);
        var ids = new List<int>(text.Length);
        Span<byte> utf8 = stackalloc byte[4];
        ReadOnlySpan<char> rest = text;
        skipped = 0;
        for (int position = 1; !rest.IsEmpty; position++)
        {
            bool isScalar = Rune.DecodeFromUtf16(rest, out var rune, out int chars) == OperationStatus.Done;
            // A lone surrogate is no character at all: unknown to every vocabulary.
            int character = isScalar ? rune.Value : rest[0];
            rest = rest[chars..];

            if (Encoding == TextEncoding.Utf8 || !isScalar)
                Add(character, character, position, ref skipped);
            else
                foreach (byte symbol in utf8[..rune.EncodeToUtf8(utf8)])
                    Add(symbol, character, position, ref skipped);
        }
        return [.. ids];

        void Add(int symbol, int character, int position, ref int skipped)
        {
            if (Rune.IsValid(character) && TryGetId(symbol, out int id))
                ids.Add(id);
            else if (skipUnknown)
                skipped++;
            else if (UnknownId is { } unknown)
                ids.Add(unknown);
            else
                throw new SettingsException(
                    $"{SymbolNames.WithCode(character, TextEncoding.Utf8)}, character {position} of the text, is not "
                        + $"among the {Count} symbols of the model's vocabulary; leave it out."
                );
        }
    }

    /// <summary>
    /// The text of some ids. A byte vocabulary's bytes are read as UTF-8, with U+FFFD for invalid bytes, for display
    /// alone; see <see cref="DecodeBytes"/>. The unknown symbol becomes U+FFFD, and a boundary a line end if the
    /// vocabulary has no other, else nothing.
    /// </summary>
    /// <exception cref="SettingsException">An id is outside the vocabulary.</exception>
    public string Decode(ReadOnlySpan<int> ids)
    {
        if (Encoding == TextEncoding.Bytes)
            return System.Text.Encoding.UTF8.GetString(DecodeBytes(ids));
        var text = new StringBuilder(ids.Length);
        Span<char> utf16 = stackalloc char[2];
        foreach (int id in ids)
        {
            if (CharacterOf(id) is { } character)
                text.Append(utf16[..new Rune(character).EncodeToUtf16(utf16)]);
        }
        return text.ToString();
    }

    /// <summary>
    /// The exact bytes of some ids: the UTF-8 form of the scalar values, or the raw bytes; special symbols as in
    /// <see cref="Decode"/>.
    /// </summary>
    /// <exception cref="SettingsException">An id is outside the vocabulary.</exception>
    public byte[] DecodeBytes(ReadOnlySpan<int> ids)
    {
        const int MaxSequenceLength = 4;
        var bytes = new ArrayBufferWriter<byte>(Math.Max(ids.Length, MaxSequenceLength));
        foreach (int id in ids)
        {
            var destination = bytes.GetSpan(MaxSequenceLength);
            if (CharacterOf(id) is not { } symbol)
                continue;
            if (Encoding == TextEncoding.Bytes && symbol <= byte.MaxValue)
            {
                destination[0] = (byte)symbol;
                bytes.Advance(1);
            }
            else
            {
                bytes.Advance(new Rune(symbol).EncodeToUtf8(destination));
            }
        }
        return bytes.WrittenSpan.ToArray();
    }

    /// <summary>
    /// Name of a symbol for display: <c>'a'</c>, <c>'\n' (U+000A)</c>, <c>'é' (U+00E9)</c>, <c>0xE9</c>; control
    /// characters are escaped.
    /// </summary>
    public static string Describe(int symbol, TextEncoding encoding) => SymbolNames.Describe(symbol, encoding);

    /// <summary>Names of several symbols for display, the first twenty in full.</summary>
    public static string Describe(IReadOnlyList<int> symbols, TextEncoding encoding)
    {
        const int most = 20;
        string named = string.Join(", ", symbols.Take(most).Select(symbol => Describe(symbol, encoding)));
        return symbols.Count > most ? $"{named} and {symbols.Count - most} more" : named;
    }

    /// <summary>The union with another vocabulary; this one if it has all symbols of the other.</summary>
    /// <param name="other">A vocabulary of the same encoding.</param>
    public Vocabulary With(Vocabulary other)
    {
        ArgumentNullException.ThrowIfNull(other);
        int[] lacking = [.. other._symbols.Where(symbol => !TryGetId(symbol, out _))];
        return lacking.Length == 0 ? this : new Vocabulary([.. _symbols, .. lacking], Encoding);
    }

    // The byte or character that a symbol is decoded to; null for none.
    private int? CharacterOf(int id) =>
        SymbolOf(id) switch
        {
            BoundarySymbol => _boundaryAs,
            UnknownSymbol => ReplacementCharacter,
            int symbol => symbol,
        };

    private int SymbolOf(int id) =>
        (uint)id < (uint)_symbols.Length
            ? _symbols[id]
            : throw new SettingsException(
                $"id {id} is outside the vocabulary, whose {Count} ids are 0 to {Count - 1}."
            );

    private int IdOf(int rank) => _idOfRank is null ? rank : _idOfRank[rank];

    private static int[] Sorted(IEnumerable<int> symbols)
    {
        ArgumentNullException.ThrowIfNull(symbols);
        int[] sorted = [.. symbols];
        Array.Sort(sorted);
        return sorted;
    }

    private static bool IsAscending(ReadOnlySpan<int> symbols)
    {
        for (int i = 1; i < symbols.Length; i++)
        {
            if (symbols[i] < symbols[i - 1])
                return false;
        }
        return true;
    }

    private void CheckSymbols()
    {
        if (_sorted.Length == 0)
            throw new SettingsException("the vocabulary is empty; it needs at least one symbol.");
        for (int i = 0; i < _sorted.Length; i++)
        {
            int symbol = _sorted[i];
            bool isSpecial = symbol is BoundarySymbol or UnknownSymbol;
            if (Encoding == TextEncoding.Bytes && !isSpecial && symbol is (< 0 or > byte.MaxValue))
                throw new SettingsException(
                    $"symbol {symbol} of the vocabulary is no byte; a byte vocabulary holds 0 to {byte.MaxValue}."
                );
            if (!isSpecial && !Rune.IsValid(symbol))
                throw new SettingsException(
                    $"symbol {symbol} of the vocabulary is no Unicode scalar value; those are 0 to 0x10FFFF without "
                        + "0xD800 to 0xDFFF."
                );
            if (i > 0 && symbol == _sorted[i - 1])
                throw new SettingsException(
                    $"symbol {SymbolNames.WithCode(symbol, Encoding)} is in the vocabulary twice; each may be given "
                        + "once."
                );
        }
    }
}
