using System.Text;
using CharRnn.Checkpoints;
using CharRnn.Report.Rendering;

namespace CharRnn.Report.Neurons;

/// <summary>
/// A text coloured by units of a network, as a page of HTML that loads nothing and needs no scripts, or as a picture.
/// </summary>
public static class NeuronReport
{
    /// <summary>The page's text.</summary>
    /// <param name="title">Its heading.</param>
    /// <param name="headline">What the model and the text are.</param>
    /// <param name="found">Units that were found to tell something; empty for none.</param>
    /// <param name="strips">The texts.</param>
    /// <param name="time">Time of making.</param>
    public static string RenderPage(
        string title,
        string headline,
        IReadOnlyList<FoundUnit> found,
        IReadOnlyList<NeuronStrip> strips,
        DateTimeOffset time
    ) =>
        "<!DOCTYPE html>\n"
        + StaticPage.Render<NeuronPage>(
            new()
            {
                [nameof(NeuronPage.Title)] = title,
                [nameof(NeuronPage.Headline)] = headline,
                [nameof(NeuronPage.Found)] = found,
                [nameof(NeuronPage.Strips)] = strips,
                [nameof(NeuronPage.Time)] = time,
            }
        )
        + "\n";

    /// <summary>Saves a page or a picture, whole or not at all.</summary>
    /// <param name="path">The file; one that is there is replaced.</param>
    /// <param name="text">Its text.</param>
    /// <returns>Number of its bytes.</returns>
    /// <exception cref="CharRnnException">The file cannot be written.</exception>
    public static int Write(string path, string text)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(text);
        AtomicFile.Write(path, file => file.Write(bytes));
        return bytes.Length;
    }
}
