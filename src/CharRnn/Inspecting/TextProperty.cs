using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using CharRnn.Checkpoints;

namespace CharRnn.Inspecting;

/// <summary>Property of each position of a text: a number, or whether something holds (1 or 0).</summary>
/// <param name="Name">The name on the command line.</param>
/// <param name="Description">One line for help.</param>
/// <param name="IsBinary">Whether its values are 1 and 0 alone.</param>
/// <param name="Compute">Its values, one a character.</param>
internal sealed record TextProperty(
    string Name,
    string Description,
    bool IsBinary,
    Func<InspectedText, float[]> Compute
)
{
    /// <summary>What the name of a property begins with that holds under a label: <c>label:Greek</c>.</summary>
    public const string LabelPrefix = "label:";

    private static readonly TimeSpan RegexLimit = TimeSpan.FromSeconds(5);

    /// <summary>The properties that have a name.</summary>
    public static IReadOnlyList<TextProperty> All { get; } =
    [
        Binary("quotes", "inside quotation marks", Enclosures.Quotes),
        Binary("brackets", "inside ( ), [ ] or { }", Enclosures.Brackets),
        Binary("tags", "inside a tag < >", Enclosures.Tags),
        OfRune("word", "a letter, or an apostrophe between letters", (text, i) => IsInWord(text, i)),
        OfRune("line-start", "the first character of a line", (text, i) => i == 0 || EndsLine(text[i - 1])),
        OfRune("upper", "an upper-case letter", (text, i) => Is(text[i], Rune.IsUpper)),
        OfRune("digit", "a decimal digit", (text, i) => Is(text[i], Rune.IsDigit)),
        OfRune("vowel", "a vowel, with or without marks", (text, i) => Is(text[i], IsVowel)),
        OfRune("space", "white space", (text, i) => Is(text[i], Rune.IsWhiteSpace)),
        Number("line-position", "characters since the line began", (text, i) => i > 0 && !EndsLine(text[i - 1])),
        Number("word-position", "place within a word, from 1; 0 outside", IsInWord),
    ];

    /// <summary>Finds a property by its name.</summary>
    /// <param name="name">One of <see cref="All"/>, or <c>label:NAME</c>.</param>
    /// <param name="labels">The model's labels.</param>
    /// <exception cref="SettingsException">There is none.</exception>
    public static TextProperty Parse(string name, IReadOnlyList<string> labels)
    {
        if (name.StartsWith(LabelPrefix, StringComparison.Ordinal))
            return OfLabel(name[LabelPrefix.Length..], labels);
        return All.FirstOrDefault(property => property.Name == name)
            ?? throw new SettingsException(
                $"there is no property {OneLine.Quote(name)}; use one of {string.Join(", ", All.Select(property => property.Name))}"
                    + $"{(labels.Count > 0 ? $", or {LabelPrefix}NAME" : "")}."
            );
    }

    /// <summary>In a record that stands under a label.</summary>
    /// <exception cref="SettingsException">The model has no such label.</exception>
    public static TextProperty OfLabel(string label, IReadOnlyList<string> labels)
    {
        if (labels.Count == 0)
            throw new SettingsException("this model has no labels to find units for; use another property.");
        int number =
            LabelBlend.Parse(label, labels).Single
            ?? throw new SettingsException($"{OneLine.Quote(label)} is a blend; a property is of one label.");
        return new TextProperty(
            LabelPrefix + label,
            $"under the label {label}",
            IsBinary: true,
            text =>
                text.Labels is { } own
                    ? [.. own.Select(each => each == number ? 1f : 0f)]
                    : throw new SettingsException(
                        "all of this text has one label; units for a label are found on the training records."
                    )
        );
    }

    /// <summary>Within a match of a regular expression.</summary>
    /// <exception cref="SettingsException">The pattern cannot be read.</exception>
    public static TextProperty OfRegex(string pattern)
    {
        try
        {
            var regex = new Regex(pattern, RegexOptions.CultureInvariant | RegexOptions.Multiline, RegexLimit);
            return Binary("regex", $"within a match of {pattern}", text => Matches(regex, text));
        }
        catch (ArgumentException e)
        {
            throw new SettingsException(
                $"the pattern {OneLine.Quote(pattern)} cannot be read: {OneLine.CutLongWords(OneLine.Reason(e))}"
            );
        }
    }

    private static TextProperty Binary(string name, string description, Func<int[], float[]> compute) =>
        new(name, description, IsBinary: true, text => compute(text.Scalars));

    private static TextProperty OfRune(string name, string description, Func<int[], int, bool> holds) =>
        Binary(name, description, text => [.. text.Select((_, i) => holds(text, i) ? 1f : 0f)]);

    /// <summary>A count that goes up by one while something holds, and starts again where it does not.</summary>
    private static TextProperty Number(string name, string description, Func<int[], int, bool> goesOn) =>
        new(
            name,
            description,
            IsBinary: false,
            inspected =>
            {
                int[] text = inspected.Scalars;
                float[] values = new float[text.Length];
                for (int i = 0; i < values.Length; i++)
                {
                    if (goesOn(text, i))
                        values[i] = i > 0 ? values[i - 1] + 1 : 1;
                }
                return values;
            }
        );

    private static bool EndsLine(int scalar) => scalar is '\n' or Vocabulary.BoundarySymbol;

    private static bool Is(int scalar, Func<Rune, bool> test) => Rune.IsValid(scalar) && test(new Rune(scalar));

    private static bool IsInWord(int[] text, int i) =>
        Is(text[i], Rune.IsLetter)
        || (
            text[i] is '\'' or '\u2019'
            && i > 0
            && i + 1 < text.Length
            && Is(text[i - 1], Rune.IsLetter)
            && Is(text[i + 1], Rune.IsLetter)
        );

    // Without tables of decompositions, letters with marks are listed: those of Latin, and the plain ones of others.
    private static bool IsVowel(Rune rune) =>
        "aeiouàáâãäåèéêëìíîïòóôõöøùúûüąęóāēīōūőűаеёиоуыэюяіїєαεηιουωάέήίόύώ".Contains(
            Rune.ToLowerInvariant(rune).ToString(),
            StringComparison.Ordinal
        );

    private static float[] Matches(Regex regex, int[] scalars)
    {
        var text = new StringBuilder(scalars.Length);
        var positions = new List<int>(scalars.Length);
        for (int i = 0; i < scalars.Length; i++)
        {
            string written =
                EndsLine(scalars[i]) ? "\n"
                : Rune.IsValid(scalars[i]) ? new Rune(scalars[i]).ToString()
                : Rune.ReplacementChar.ToString();
            text.Append(written);
            positions.AddRange(Enumerable.Repeat(i, written.Length));
        }
        float[] values = new float[scalars.Length];
        try
        {
            foreach (Match match in regex.Matches(text.ToString()))
            {
                for (int i = match.Index; i < match.Index + match.Length; i++)
                    values[positions[i]] = 1;
            }
        }
        catch (RegexMatchTimeoutException)
        {
            string seconds = RegexLimit.TotalSeconds.ToString(CultureInfo.InvariantCulture);
            throw new SettingsException(
                $"the pattern {OneLine.Quote(regex.ToString())} takes more than {seconds} s on this text; make it simpler, or the text shorter."
            );
        }
        return values;
    }
}
