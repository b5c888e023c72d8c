using System.Collections;
using System.Globalization;

namespace CharRnn.Datasets;

/// <summary>
/// Normalisation tables of the Unicode Character Database, version 15.0: combining classes, decompositions and which of
/// them are composed again (Unicode Standard Annex 15; Hangul by arithmetic, Unicode Standard section 3.12). The
/// library has its own tables because the system's version differs between machines, and they are absent in
/// globalisation-invariant mode; the same text would then be prepared differently.
/// </summary>
internal sealed class UnicodeTables
{
    // Below these no character changes or joins the one before it.
    internal const int FirstChangedCanonically = 0x300,
        FirstChangedInCompatibility = 0xA0;

    private const int ScalarLimit = 0x110000;
    private const int SyllableBase = 0xAC00,
        LeadBase = 0x1100,
        VowelBase = 0x1161,
        TailBase = 0x11A7;
    private const int Leads = 19,
        Vowels = 21,
        Tails = 28,
        Syllables = Leads * Vowels * Tails;

    private static readonly Lazy<UnicodeTables> Loaded = new(() => new UnicodeTables());

    private readonly Dictionary<int, byte> _classes = [];
    private readonly Dictionary<int, int[]> _canonical = [],
        _compatible = [];
    private readonly Dictionary<(int First, int Second), int> _composed = [];
    private readonly HashSet<int> _seconds = [];

    // Characters that change when alone, or may join the character before them.
    private readonly BitArray _unstableCanonically = new(ScalarLimit),
        _unstableInCompatibility = new(ScalarLimit);

    private UnicodeTables()
    {
        var oneStep = new Dictionary<int, int[]>();
        var compatible = new HashSet<int>();
        var notComposed = new HashSet<int>();
        foreach (string line in Resource.Lines("unicode.txt"))
        {
            int mark = line.AsSpan().IndexOfAny("=!~");
            if (mark < 0)
            {
                ReadClass(line);
                continue;
            }
            int symbol = Hex(line.AsSpan(0, mark));
            oneStep.Add(symbol, [.. line[(mark + 1)..].Split(' ').Select(part => Hex(part))]);
            if (line[mark] == '~')
                compatible.Add(symbol);
            if (line[mark] == '!')
                notComposed.Add(symbol);
        }
        foreach ((int symbol, int[] parts) in oneStep)
        {
            bool isCanonical = !compatible.Contains(symbol);
            if (isCanonical)
                _canonical.Add(symbol, [.. Expand(symbol, isInCompatibility: false)]);
            _compatible.Add(symbol, [.. Expand(symbol, isInCompatibility: true)]);
            // A decomposition that begins with a mark, or a character with a mark's class, is not composed either.
            if (
                isCanonical
                && parts.Length == 2
                && !notComposed.Contains(symbol)
                && ClassOf(symbol) == 0
                && ClassOf(parts[0]) == 0
            )
            {
                _composed.Add((parts[0], parts[1]), symbol);
                _seconds.Add(parts[1]);
            }
        }
        FindUnstable();

        IEnumerable<int> Expand(int symbol, bool isInCompatibility) =>
            oneStep.TryGetValue(symbol, out int[]? parts) && (isInCompatibility || !compatible.Contains(symbol))
                ? parts.SelectMany(part => Expand(part, isInCompatibility))
                : [symbol];
    }

    internal static UnicodeTables Default => Loaded.Value;

    /// <summary>The canonical combining class; 0 for a starter.</summary>
    internal byte ClassOf(int symbol) =>
        symbol < FirstChangedCanonically ? (byte)0 : _classes.GetValueOrDefault(symbol);

    /// <summary>Whether a character neither changes when it stands alone nor may join the one before it.</summary>
    internal bool IsPlain(int symbol, bool isInCompatibility) =>
        isInCompatibility
            ? symbol < FirstChangedInCompatibility || symbol >= ScalarLimit || !_unstableInCompatibility[symbol]
            : symbol < FirstChangedCanonically || symbol >= ScalarLimit || !_unstableCanonically[symbol];

    /// <summary>Whether a character's decomposition cannot join the character before it.</summary>
    internal bool StartsPiece(int symbol, bool isInCompatibility)
    {
        int first = (isInCompatibility ? _compatible : _canonical).TryGetValue(symbol, out int[]? parts)
            ? parts[0]
            : symbol;
        return ClassOf(first) == 0 && !MayJoin(first);
    }

    /// <summary>
    /// Adds the full decomposition of a character; the character itself if it has none.
    /// </summary>
    internal void Decompose(int symbol, bool isInCompatibility, List<int> parts)
    {
        int syllable = symbol - SyllableBase;
        if ((isInCompatibility ? _compatible : _canonical).TryGetValue(symbol, out int[]? found))
        {
            parts.AddRange(found);
        }
        else if (syllable is >= 0 and < Syllables)
        {
            parts.Add(LeadBase + (syllable / (Vowels * Tails)));
            parts.Add(VowelBase + (syllable / Tails % Vowels));
            if (syllable % Tails > 0)
                parts.Add(TailBase + (syllable % Tails));
        }
        else
        {
            parts.Add(symbol);
        }
    }

    /// <summary>The canonical composition of two characters; null if there is none.</summary>
    internal int? Compose(int first, int second)
    {
        int lead = first - LeadBase,
            vowel = second - VowelBase,
            syllable = first - SyllableBase,
            tail = second - TailBase;
        if (lead is >= 0 and < Leads && vowel is >= 0 and < Vowels)
            return SyllableBase + (((lead * Vowels) + vowel) * Tails);
        if (syllable is >= 0 and < Syllables && syllable % Tails == 0 && tail is > 0 and < Tails)
            return first + tail;
        return _composed.TryGetValue((first, second), out int composed) ? composed : null;
    }

    private bool MayJoin(int symbol) =>
        _seconds.Contains(symbol) || symbol - VowelBase is >= 0 and < Vowels || symbol - TailBase is > 0 and < Tails;

    private void FindUnstable()
    {
        IEnumerable<int> joining =
        [
            .. _classes.Keys,
            .. _seconds,
            .. Enumerable.Range(VowelBase, Vowels),
            .. Enumerable.Range(TailBase + 1, Tails - 1),
        ];
        foreach (int symbol in joining)
            _unstableCanonically[symbol] = _unstableInCompatibility[symbol] = true;
        HashSet<int> composed = [.. _composed.Values];
        foreach ((int symbol, int[] parts) in _compatible)
        {
            bool isCanonical = _canonical.TryGetValue(symbol, out int[]? canonical);
            bool changes = isCanonical && !composed.Contains(symbol);
            _unstableCanonically[symbol] |= changes;
            _unstableInCompatibility[symbol] |= changes || !isCanonical || !canonical!.SequenceEqual(parts);
        }
    }

    private void ReadClass(string line)
    {
        string[] words = line.Split(' ');
        byte combiningClass = byte.Parse(words[0], CultureInfo.InvariantCulture);
        foreach (string range in words.Skip(1))
        {
            int dash = range.IndexOf('-');
            int first = Hex(dash < 0 ? range : range.AsSpan(0, dash)),
                last = Hex(range.AsSpan(dash + 1));
            for (int symbol = first; symbol <= last; symbol++)
                _classes.Add(symbol, combiningClass);
        }
    }

    private static int Hex(ReadOnlySpan<char> digits) =>
        int.Parse(digits, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
}

/// <summary>Text tables embedded in the assembly.</summary>
internal static class Resource
{
    /// <summary>The lines of a table, without comments.</summary>
    internal static IEnumerable<string> Lines(string name)
    {
        string resource = $"{typeof(Resource).Namespace}.{name}";
        using var stream =
            typeof(Resource).Assembly.GetManifestResourceStream(resource)
            ?? throw new InvalidOperationException($"The library was built without its resource {resource}.");
        using var reader = new StreamReader(stream);
        while (reader.ReadLine() is { } line)
        {
            if (!line.StartsWith('#'))
                yield return line;
        }
    }
}
