using System.Globalization;
using System.Text;
using System.Text.Json.Serialization;
using CharRnn.Datasets;

namespace CharRnn;

/// <summary>Unicode normalisation form of a text (Unicode Standard Annex 15).</summary>
public enum Normalization
{
    /// <summary>Every character stays as it is.</summary>
    None,

    /// <summary>Canonical composition: é is one character, however it was written.</summary>
    Nfc,

    /// <summary>
    /// Compatibility composition: ﬁ becomes fi, a no-break space a space, and the rest as with <see cref="Nfc"/>.
    /// </summary>
    Nfkc,
}

/// <summary>Alphabet that characters are folded to.</summary>
public enum Folding
{
    /// <summary>Every character stays as it is.</summary>
    None,

    /// <summary>
    /// Letters, spaces, quotes and dashes are replaced by their ASCII forms; everything else stays as it is.
    /// </summary>
    Ascii,
}

/// <summary>
/// Preparation of a text before training; none by default. The order is: decode, normalise, fold, cut, remove repeated lines,
/// put boundaries around texts or records, replace rare characters. A model stores it with its vocabulary, so that
/// prompts and other texts are prepared alike.
/// </summary>
public sealed record TextPreparation
{
    /// <summary>
    /// Encoding that files are decoded from, by the name that .NET has for it, such as <c>iso-8859-1</c>,
    /// <c>windows-1252</c> or <c>utf-16</c>; null, the default, for UTF-8.
    /// </summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Charset { get; init; }

    /// <summary>Unicode normalisation form; none by default.</summary>
    public Normalization Normalize { get; init; }

    /// <summary>Folding of characters; none by default.</summary>
    public Folding Fold { get; init; }

    /// <summary>
    /// Whether capitals become small letters, so that Rose and rose are one word: each character by itself, by Unicode's
    /// simple mapping, the same in every language; false by default.
    /// </summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool FoldCase { get; init; }

    /// <summary>
    /// Whether lines equal to an earlier one are left out; empty lines stay. It costs about forty bytes for each
    /// distinct line while the text is read.
    /// </summary>
    public bool UniqueLines { get; init; }

    /// <summary>
    /// Min count of a character; rarer ones become <see cref="Vocabulary.UnknownSymbol"/>. The default 1 keeps all.
    /// </summary>
    public int MinCount { get; init; } = 1;

    /// <summary>
    /// Number of characters left out at the beginning, counted after normalising and folding; 0 by default.
    /// </summary>
    public long SkipChars { get; init; }

    /// <summary>Max characters used after those; null, the default, for all.</summary>
    public long? MaxChars { get; init; }

    /// <summary>
    /// Whether each line is a record, a short text of its own: <see cref="Vocabulary.BoundarySymbol"/> stands before,
    /// between and after records in place of line ends, and empty lines are left out.
    /// </summary>
    public bool Records { get; init; }

    /// <summary>
    /// Whether several files are joined to one text; by default <see cref="Vocabulary.BoundarySymbol"/> stands before,
    /// between and after their texts.
    /// </summary>
    public bool JoinFiles { get; init; }

    /// <summary>
    /// The part that applies to any text a model reads after its training: decoding, normalising, folding and records.
    /// </summary>
    public TextPreparation ForOtherTexts() =>
        new()
        {
            Charset = Charset,
            Normalize = Normalize,
            Fold = Fold,
            FoldCase = FoldCase,
            Records = Records,
        };

    /// <summary>The part that applies to any text by itself: normalising and folding.</summary>
    internal TextPreparation ForShortTexts() =>
        new()
        {
            Normalize = Normalize,
            Fold = Fold,
            FoldCase = FoldCase,
        };

    /// <summary>
    /// Prepares a prompt or another short text: normalises and folds it; the rest is for whole corpora.
    /// </summary>
    public string Apply(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return new TextPreparer(this).Apply(text);
    }

    /// <summary>Checks the numbers, and that the preparation fits the encoding.</summary>
    /// <exception cref="SettingsException">A property cannot be used; the message names the first.</exception>
    public void Validate(TextEncoding encoding)
    {
        if (MinCount < 1)
            throw new SettingsException($"'MinCount' is {MinCount}; it must be at least 1.");
        if (SkipChars < 0)
            throw new SettingsException($"'SkipChars' is {SkipChars}; it must be 0 or more.");
        if (MaxChars is < 1)
            throw new SettingsException($"'MaxChars' is {MaxChars}; it must be at least 1.");
        if (encoding == TextEncoding.Bytes && Normalize != Normalization.None)
            throw new SettingsException(
                "'Normalize' is for characters, and 'Encoding' bytes has none; leave one of them out."
            );
        if (encoding == TextEncoding.Bytes && (Fold != Folding.None || FoldCase))
            throw new SettingsException(
                $"'{(FoldCase ? nameof(FoldCase) : nameof(Fold))}' is for characters, and 'Encoding' bytes has none; leave one of them out."
            );
        if (Charset is not null && (encoding == TextEncoding.Bytes || Datasets.Charset.Canonical(Charset) != Charset))
            throw new SettingsException(
                encoding == TextEncoding.Bytes
                    ? "'Charset' is for characters, and 'Encoding' bytes has none; leave one of them out."
                    : $"'Charset' is '{Charset}', which is no encoding that is known by this name; give another."
            );
    }

    /// <summary>The flags of the command that ask for this; empty where nothing is done.</summary>
    public override string ToString()
    {
        var flags = new StringBuilder();
        foreach ((string flag, string value) in Flags())
            flags.Append(flags.Length == 0 ? "" : " ").Append(flag).Append(value.Length == 0 ? "" : " ").Append(value);
        return flags.ToString();
    }

    /// <summary>Reads what <see cref="ToString"/> wrote.</summary>
    /// <exception cref="FormatException">It is something else; the message says what.</exception>
    public static TextPreparation Parse(string flags)
    {
        ArgumentNullException.ThrowIfNull(flags);
        var preparation = new TextPreparation();
        var words = new Queue<string>(flags.Split(' ', StringSplitOptions.RemoveEmptyEntries));
        while (words.TryDequeue(out string? flag))
        {
            preparation = flag switch
            {
                CharsetFlag => preparation with { Charset = Next() },
                FoldCaseFlag => preparation with { FoldCase = true },
                NormalizeFlag => preparation with { Normalize = Word<Normalization>() },
                FoldFlag => preparation with { Fold = Word<Folding>() },
                SkipFlag => preparation with { SkipChars = Number() },
                MaxFlag => preparation with { MaxChars = Number() },
                UniqueFlag => preparation with { UniqueLines = true },
                RecordsFlag => preparation with { Records = true },
                JoinFlag => preparation with { JoinFiles = true },
                MinCountFlag => preparation with { MinCount = (int)Math.Min(Number(), int.MaxValue) },
                _ => throw new FormatException($"'{flag}' is not known"),
            };

            string Next() =>
                words.TryDequeue(out string? word) ? word : throw new FormatException($"{flag} has no value");

            T Word<T>()
                where T : struct, Enum =>
                Next() is var word && Enum.TryParse(word, ignoreCase: true, out T value) && Enum.IsDefined(value)
                    ? value
                    : throw new FormatException($"{flag} is '{word}'");

            long Number() =>
                Next() is var word
                && long.TryParse(word, NumberStyles.None, CultureInfo.InvariantCulture, out long value)
                    ? value
                    : throw new FormatException($"{flag} is '{word}'");
        }
        return preparation;
    }

    private const string CharsetFlag = "--encoding",
        FoldCaseFlag = "--fold-case",
        NormalizeFlag = "--normalize",
        FoldFlag = "--fold",
        SkipFlag = "--skip-chars",
        MaxFlag = "--max-chars",
        UniqueFlag = "--unique-lines",
        RecordsFlag = "--records",
        JoinFlag = "--join-files",
        MinCountFlag = "--min-count";

    private IEnumerable<(string Flag, string Value)> Flags()
    {
        if (Charset is not null)
            yield return (CharsetFlag, Charset);
        if (Normalize != Normalization.None)
            yield return (NormalizeFlag, Normalize.ToString().ToLowerInvariant());
        if (Fold != Folding.None)
            yield return (FoldFlag, Fold.ToString().ToLowerInvariant());
        if (FoldCase)
            yield return (FoldCaseFlag, "");
        if (SkipChars > 0)
            yield return (SkipFlag, SkipChars.ToString(CultureInfo.InvariantCulture));
        if (MaxChars is { } most)
            yield return (MaxFlag, most.ToString(CultureInfo.InvariantCulture));
        if (UniqueLines)
            yield return (UniqueFlag, "");
        if (Records)
            yield return (RecordsFlag, "");
        if (JoinFiles)
            yield return (JoinFlag, "");
        if (MinCount > 1)
            yield return (MinCountFlag, MinCount.ToString(CultureInfo.InvariantCulture));
    }
}
