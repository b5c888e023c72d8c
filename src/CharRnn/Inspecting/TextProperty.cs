using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using CharRnn.Checkpoints;

namespace CharRnn.Inspecting;

/// <summary>Property of each position of a text: a number, or whether something holds (1 or 0).</summary>
/// <param name="Name">The name on the command line.</param>
/// <param name="Description">One line for help.</param>
/// <param name="IsBinary">Whether its values are 1 and 0 alone.</param>
/// <param name="Compute">Its values, from Unicode scalar values or special symbols, which end lines.</param>
internal sealed record TextProperty(string Name, string Description, bool IsBinary, Func<int[], float[]> Compute)
{
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
    /// <exception cref="SettingsException">There is none.</exception>
    public static TextProperty Parse(string name) =>
        All.FirstOrDefault(property => property.Name == name)
        ?? throw new SettingsException(
            $"there is no property {OneLine.Quote(name)}; use one of {string.Join(", ", All.Select(property => property.Name))}."
        );

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

    /// <summary>The property of each character.</summary>
    /// <param name="scalars">(positions): Unicode scalar values, or special symbols, which end lines.</param>
    /// <exception cref="SettingsException">A pattern takes too long on this text.</exception>
    public float[] Of(int[] scalars) => Compute(scalars);

    private static TextProperty Binary(string name, string description, Func<int[], float[]> compute) =>
        new(name, description, IsBinary: true, compute);

    private static TextProperty OfRune(string name, string description, Func<int[], int, bool> holds) =>
        Binary(name, description, text => [.. text.Select((_, i) => holds(text, i) ? 1f : 0f)]);

    /// <summary>A count that goes up by one while something holds, and starts again where it does not.</summary>
    private static TextProperty Number(string name, string description, Func<int[], int, bool> goesOn) =>
        new(
            name,
            description,
            IsBinary: false,
            text =>
            {
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
