using System.Globalization;
using CharRnn.Cli.Rendering;

namespace CharRnn.Cli.Commands;

/// <summary><c>charrnn sample --beams</c>: the texts that a model finds likeliest, the best first.</summary>
internal sealed class BeamSampling(Shell shell, LanguageModel model, LabelBlend? label)
{
    public void Run(int[] prompt, int[] echo, int beams, int length, int[]? stop, int count, SampleWriter writer)
    {
        var texts = new BeamSearch(model, label).Run(
            prompt,
            beams,
            length,
            stop,
            model.UsefulThreads(beams),
            shell.Interruption.Token
        );
        if (texts.Count < count)
            shell.Terminal.Warning($"there are only {texts.Count} texts of that length.");
        foreach (var (rank, text) in texts.Take(count).Index())
        {
            shell.Terminal.Message(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"beam {rank + 1} of {beams}: {text.MeanNats:0.0000} nats a character, {text.TotalNats:0.00} over {text.Scored}"
                )
            );
            writer.Write(echo);
            writer.Write([.. text.Ids]);
            writer.EndSample();
        }
    }
}
