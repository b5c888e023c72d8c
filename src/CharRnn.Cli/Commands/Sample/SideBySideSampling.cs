using System.Globalization;
using CharRnn.Cli.Flags;
using CharRnn.Cli.Rendering;
using CharRnn.Sampling;

namespace CharRnn.Cli.Commands;

/// <summary>One text while it is written: what of it may be shown, and whether it has ended.</summary>
/// <param name="maxCharacters">After how many characters it ends; 0 for never.</param>
/// <param name="stop">The ids of a text before which it ends; null for none.</param>
/// <param name="boundary">The symbol with which it ends by itself; null for none.</param>
internal sealed class SampleText(long maxCharacters, int[]? stop, int? boundary)
{
    private readonly StopText? _stopAt = stop is null ? null : new StopText(stop);
    private readonly List<int> _released = [];
    private long _written;

    /// <summary>Whether nothing more will come.</summary>
    public bool HasEnded { get; private set; }

    /// <summary>Takes the next symbol; one that comes after the end is nobody's.</summary>
    public void Add(int id)
    {
        if (HasEnded)
            return;
        if (id == boundary)
        {
            End();
            return;
        }

        if (_stopAt is null)
            _released.Add(id);
        else if (_stopAt.Push(id, _released))
            HasEnded = true;
        if (HasEnded || ++_written != maxCharacters)
            return;
        End();
    }

    /// <summary>Ends the text here: what was held back was not the text to stop at after all.</summary>
    public void End()
    {
        HasEnded = true;
        if (_stopAt is not null)
            _released.AddRange(_stopAt.Held);
    }

    /// <summary>What may be shown and was not taken before.</summary>
    public int[] TakeReleased()
    {
        int[] taken = [.. _released];
        _released.Clear();
        return taken;
    }
}

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
