using CharRnn.Datasets;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Rendering;

namespace CharRnn.Report.Neurons;

/// <summary>
/// Text coloured by a signal: runs of one colour as one element each, or, with candidates, each character above those
/// that the model held likeliest to follow it. A space in colour is seen as it is, and line ends faintly.
/// </summary>
public sealed class TextStrip : ComponentBase
{
    private const string LineEnd = "\n",
        ReturnMark = "↵";

    /// <summary>The text and its values.</summary>
    [Parameter, EditorRequired]
    public NeuronStrip Strip { get; set; } = new("", null, 1, []);

    /// <inheritdoc/>
    protected override void BuildRenderTree(RenderTreeBuilder builder)
    {
        builder.OpenElement(0, "div");
        builder.AddAttribute(1, "class", "strip");
        builder.AddAttribute(2, "role", "img");
        builder.AddAttribute(3, "aria-label", $"The text, coloured by {Strip.Unit}; the figures stand in the table.");
        if (Strip.Characters.Any(character => character.Candidates.Count > 0))
            BuildColumns(builder);
        else
            BuildRuns(builder);
        builder.CloseElement();
    }

    private void BuildRuns(RenderTreeBuilder builder)
    {
        string color = "",
            run = "";
        foreach (var character in Strip.Characters)
        {
            string next = ColorLevels.OfSignal(character.Value, Strip.Range);
            if (next != color)
            {
                AddRun(builder, run, color);
                (color, run) = (next, "");
            }
            run += character.Text == LineEnd ? ReturnMark + LineEnd : Escaped(character.Text);
        }
        AddRun(builder, run, color);
    }

    private static void AddRun(RenderTreeBuilder builder, string run, string color)
    {
        if (run.Length == 0)
            return;
        builder.OpenElement(4, "span");
        if (color.Length > 0)
            builder.AddAttribute(5, "class", color);
        builder.AddContent(6, run);
        builder.CloseElement();
    }

    private void BuildColumns(RenderTreeBuilder builder)
    {
        foreach (var character in Strip.Characters)
        {
            builder.OpenElement(7, "b");
            AddCell(builder, "span", character.Text, ColorLevels.OfSignal(character.Value, Strip.Range));
            foreach (var candidate in character.Candidates)
                AddCell(builder, "i", candidate.Text, ColorLevels.OfProbability(candidate.Probability));
            builder.CloseElement();
            if (character.Text == LineEnd)
                builder.AddContent(8, LineEnd);
        }
    }

    private static void AddCell(RenderTreeBuilder builder, string element, string text, string color)
    {
        builder.OpenElement(9, element);
        if (color.Length > 0)
            builder.AddAttribute(10, "class", color);
        builder.AddContent(
            11,
            text == LineEnd ? ReturnMark
                : text == " " ? "\u00a0"
                : Escaped(text)
        );
        builder.CloseElement();
    }

    private static string Escaped(string text) => TextEscape.ForTerminal(text, keepLineFeedsAndTabs: false);
}
