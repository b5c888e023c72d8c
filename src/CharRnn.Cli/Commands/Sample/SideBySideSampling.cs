using System.Globalization;
using CharRnn.Cli.Flags;
using CharRnn.Cli.Rendering;
using CharRnn.Sampling;

namespace CharRnn.Cli.Commands;

/// <summary>A text while it is written: the part that may be printed, and whether it has ended.</summary>
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

    /// <summary>Adds the next symbol; one that comes after the end is ignored.</summary>
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

    /// <summary>Ends the text here: the held-back end was not the text to stop at after all.</summary>
    public void End()
    {
        HasEnded = true;
        if (_stopAt is not null)
            _released.AddRange(_stopAt.Held);
    }

    /// <summary>Text that may be shown and was not taken before.</summary>
    public int[] TakeReleased()
    {
        int[] taken = [.. _released];
        _released.Clear();
        return taken;
    }
}

/// <summary><c>charrnn sample</c>: texts that are written side by side and shown one after another.</summary>
internal sealed class SideBySideSampling(Shell shell, LanguageModel model, SampleWriter writer)
{
    private const int MaxSideBySide = 64;

    // Later texts wait in memory while the first is shown.
    private const long MaxWaitingCharacters = 1 << 24;

    /// <summary>Writes all texts, or as many as there are before it is interrupted.</summary>
    /// <param name="prompt">Text that the model reads first.</param>
    /// <param name="echo">Part of the prompt that is shown before each text.</param>
    /// <param name="options">Choice of characters.</param>
    /// <param name="maxCharacters">After how many characters a text ends; 0 for never.</param>
    /// <param name="stop">The ids of a text before which each ends; null for none.</param>
    /// <param name="count">Number of texts.</param>
    /// <param name="written">Gets all that is shown but the prompts; null where that is not needed.</param>
    public void Run(
        int[] prompt,
        int[] echo,
        SamplingOptions options,
        long maxCharacters,
        int[]? stop,
        int count,
        List<int[]>? written
    )
    {
        for (int sample = 0; sample < count && !shell.Interruption.Token.IsCancellationRequested; )
        {
            var texts = new SampleText[Math.Min(MaxAtOnce(maxCharacters), count - sample)];
            for (int i = 0; i < texts.Length; i++)
                texts[i] = new SampleText(maxCharacters, stop, model.Vocabulary.BoundaryId);
            using var generator = new BatchGenerator(
                model,
                prompt,
                options,
                texts.Length,
                (ulong)sample,
                model.UsefulThreads(texts.Length)
            );
            Write(generator, texts, sample, model.Preparation.Records ? null : count, echo, written);
            sample += texts.Length;
        }
    }

    // One text alone where there is no end to it.
    private static int MaxAtOnce(long maxCharacters) =>
        maxCharacters == 0 ? 1 : (int)Math.Clamp(MaxWaitingCharacters / maxCharacters, 1, MaxSideBySide);

    private void Write(
        BatchGenerator generator,
        SampleText[] texts,
        int firstSample,
        int? count,
        int[] echo,
        List<int[]>? written
    )
    {
        List<int>[] whole = [.. texts.Select(_ => new List<int>())];
        int shown = 0;
        Begin();
        while (shown < texts.Length && !shell.Interruption.Token.IsCancellationRequested)
        {
            var ids = generator.Next();
            for (int i = 0; i < texts.Length; i++)
                texts[i].Add(ids[i]);
            while (shown < texts.Length)
            {
                Show();
                if (!texts[shown].HasEnded)
                    break;
                writer.EndSample();
                if (++shown < texts.Length)
                    Begin();
            }
        }

        if (shown < texts.Length)
        {
            texts[shown].End();
            Show();
            writer.EndSample();
        }

        written?.AddRange(whole.Select(text => text.ToArray()));

        void Show()
        {
            int[] released = texts[shown].TakeReleased();
            writer.Write(released);
            if (written is not null)
                whole[shown].AddRange(released);
        }

        void Begin()
        {
            // Where texts are lines, nothing else need part them.
            if (count is not null && firstSample + shown > 0)
                shell.Terminal.Message($"sample {firstSample + shown + 1} of {count}");
            writer.Write(echo);
        }
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
                    $"beam {rank + 1} of {beams}: {text.MeanNats:0.0000} nats a character, {text.TotalNats:0.00} over "
                        + $"{text.Scored}"
                )
            );
            writer.Write(echo);
            writer.Write([.. text.Ids]);
            writer.EndSample();
        }
    }
}
