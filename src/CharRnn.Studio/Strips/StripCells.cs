using CharRnn.Datasets;
using CharRnn.Report.Neurons;
using Microsoft.AspNetCore.Components.Rendering;

namespace CharRnn.Studio.Strips;

/// <summary>
/// Elements of a strip's row. Each has the number of its first symbol (<c>data-i</c>), from which a script tells the
/// symbol that is pointed at; symbols that are shown as several characters have an element of their own.
/// </summary>
internal static class StripCells
{
    private const string Space = " ",
        LineEnd = "\n",
        ReturnMark = "↵",
        HardSpace = "\u00a0";

    /// <summary>Runs of one colour and mark, as one element each.</summary>
    public static void Runs(RenderTreeBuilder builder, StripText text, int start, int end, Func<int, string> markOf)
    {
        int first = start;
        string run = "",
            style = "";
        for (int i = start; i < end; i++)
        {
            string shown = Display(text.SymbolAt(i)),
                next = Join(text.ColorAt(i), text.SymbolAt(i) == LineEnd ? "faint" : "", markOf(i));
            bool standsAlone = !IsOneCharacter(shown);
            if (run.Length > 0 && (next != style || standsAlone))
            {
                Add(builder, first, run, style, isOne: false);
                run = "";
            }
            if (run.Length == 0)
                (first, style) = (i, next);
            run += shown;
            if (standsAlone)
            {
                Add(builder, first, run, style, isOne: true);
                run = "";
            }
        }
        if (run.Length > 0)
            Add(builder, first, run, style, isOne: false);
    }

    /// <summary>Symbols above their candidates, as one element each.</summary>
    public static void Columns(RenderTreeBuilder builder, StripText text, int start, int end, Func<int, string> markOf)
    {
        for (int i = start; i < end; i++)
        {
            builder.OpenElement(0, "b");
            builder.AddAttribute(1, "data-i", i);
            builder.AddAttribute(2, "data-one", true);
            AddCell(builder, "span", text.SymbolAt(i), Join(text.ColorAt(i), markOf(i)));
            foreach (var candidate in text.CandidatesAfter(i))
                AddCell(builder, "i", candidate.Text, ColorLevels.OfProbability(candidate.Probability));
            builder.CloseElement();
        }
    }

    /// <summary>A symbol as a reader sees it: ends of lines and tabs as arrows, what else is unseen escaped.</summary>
    public static string Display(string symbol) =>
        symbol switch
        {
            LineEnd => ReturnMark,
            "\r" => "←",
            "\t" => "→",
            _ => TextEscape.ForTerminal(symbol, keepLineFeedsAndTabs: false),
        };

    private static void Add(RenderTreeBuilder builder, int first, string run, string style, bool isOne)
    {
        builder.OpenElement(3, "span");
        builder.AddAttribute(4, "data-i", first);
        if (isOne)
            builder.AddAttribute(5, "data-one", true);
        if (style.Length > 0)
            builder.AddAttribute(6, "class", style);
        builder.AddContent(7, run);
        builder.CloseElement();
    }

    private static void AddCell(RenderTreeBuilder builder, string element, string symbol, string style)
    {
        builder.OpenElement(8, element);
        if (style.Length > 0)
            builder.AddAttribute(9, "class", style);
        builder.AddContent(10, symbol == Space ? HardSpace : Display(symbol));
        builder.CloseElement();
    }

    private static bool IsOneCharacter(string shown) =>
        shown.Length == 1 || (shown.Length == 2 && char.IsSurrogatePair(shown, 0));

    private static string Join(params ReadOnlySpan<string> classes)
    {
        string joined = "";
        foreach (string each in classes)
        {
            if (each.Length > 0)
                joined = joined.Length > 0 ? $"{joined} {each}" : each;
        }
        return joined;
    }
}
