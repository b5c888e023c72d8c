using System.Text;
using CharRnn.Datasets;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Rendering;

namespace CharRnn.Report.Pages;

/// <summary>
/// Text in lines. Escapes of invisible characters have a style of their own, which distinguishes them from a backslash
/// of the text.
/// </summary>
public sealed class EscapedText : ComponentBase
{
    /// <summary>The text as it is.</summary>
    [Parameter, EditorRequired]
    public string Text { get; set; } = "";

    /// <inheritdoc/>
    protected override void BuildRenderTree(RenderTreeBuilder builder)
    {
        foreach (var (part, isEscape) in PartsOf(Text))
        {
            if (isEscape)
            {
                builder.OpenElement(0, "span");
                builder.AddAttribute(1, "class", "control");
                builder.AddContent(2, part);
                builder.CloseElement();
            }
            else
                builder.AddContent(3, part);
        }
    }

    private static IEnumerable<(string Part, bool IsEscape)> PartsOf(string text)
    {
        var plain = new StringBuilder();
        foreach (var rune in text.EnumerateRunes())
        {
            string symbol = rune.ToString(),
                shown = TextEscape.ForTerminal(symbol);
            if (shown == symbol)
            {
                plain.Append(symbol);
                continue;
            }
            yield return (plain.ToString(), false);
            yield return (shown, true);
            plain.Clear();
        }
        yield return (plain.ToString(), false);
    }
}
