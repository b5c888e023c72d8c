using System.Globalization;
using CharRnn.Cli.Rendering;
using CharRnn.Sampling;

namespace CharRnn.Cli.Commands;

/// <summary><c>charrnn sample</c>: texts that are sampled side by side and shown one after another.</summary>
/// <param name="shell">The surroundings.</param>
/// <param name="model">The model.</param>
/// <param name="writer">Writer of the texts.</param>
/// <param name="isScored">Whether the writer shows log-probabilities.</param>
internal sealed class SideBySideSampling(Shell shell, LanguageModel model, SampleWriter writer, bool isScored)
{
    private const int MaxSideBySide = 64;

    // Later texts wait in memory while the first is shown.
    private const long MaxWaitingCharacters = 1 << 24;

    /// <summary>Writes all texts, or as many as there are before it is interrupted.</summary>
    /// <param name="order">The texts: all of the first prompt, then all of the second.</param>
    /// <param name="written">Gets all that is shown but the prompts; null where that is not needed.</param>
    public void Run(SampleOrder order, List<int[]>? written)
    {
        long total = (long)order.Prompts.Count * order.Count;
        for (long first = 0; first < total && !shell.Interruption.Token.IsCancellationRequested; )
        {
            var batch = new Batch(order, first, (int)Math.Min(MaxAtOnce(order.Bounds.MaxOfAll), total - first), model);
            using var generator = new BatchGenerator(
                model,
                batch.Starts,
                order.Options,
                model.UsefulThreads(batch.Texts.Length),
                label: null,
                isScored,
                order.Stop ?? []
            );
            Write(generator, batch, written);
            first += batch.Texts.Length;
        }
        writer.Finish();
    }

    // One text alone where there is no end to it.
    private static int MaxAtOnce(long maxCharacters) =>
        maxCharacters == 0 ? 1 : (int)Math.Clamp(MaxWaitingCharacters / maxCharacters, 1, MaxSideBySide);

    private void Write(BatchGenerator generator, Batch batch, List<int[]>? written)
    {
        var texts = batch.Texts;
        List<int>[] whole = [.. texts.Select(_ => new List<int>())];
        int shown = 0;
        batch.Begin(shown, writer);
        while (shown < texts.Length && !shell.Interruption.Token.IsCancellationRequested)
        {
            var ids = generator.Next();
            for (int i = 0; i < texts.Length; i++)
                texts[i].Add(ids[i], isScored ? generator.LogProbabilities[i] : 0);
            while (shown < texts.Length)
            {
                Show();
                if (!texts[shown].IsOver)
                    break;
                writer.End(texts[shown].LogProbability, texts[shown].HasEnded);
                if (++shown < texts.Length)
                    batch.Begin(shown, writer);
            }
        }

        if (shown < texts.Length)
        {
            texts[shown].End();
            Show();
            writer.Abandon();
        }

        written?.AddRange(whole.Select(text => text.ToArray()));

        void Show()
        {
            int[] released = texts[shown].TakeReleased();
            writer.Write(released);
            if (written is not null)
                whole[shown].AddRange(released);
        }
    }

    /// <summary>Texts that are sampled at once: some consecutive ones of an order.</summary>
    private sealed class Batch(SampleOrder order, long first, int count, LanguageModel model)
    {
        public WrittenText[] Texts { get; } =
        [
            .. Enumerable
                .Range(0, count)
                .Select(i => new WrittenText(
                    order.Bounds.After(order.Prompts[(int)((first + i) / order.Count)]),
                    order.Stop is null ? [] : [order.Stop],
                    model.Vocabulary.BoundaryId
                )),
        ];

        // The n-th text of a prompt is the same whatever else is asked for.
        public TextStart[] Starts =>
            [.. Texts.Select((_, i) => new TextStart(PromptOf(i), (ulong)((first + i) % order.Count)))];

        public void Begin(int text, SampleWriter writer) =>
            writer.Begin(
                order.Heading(model, PromptOf(text), (int)((first + text) % order.Count) + 1),
                order.Echo(PromptOf(text))
            );

        private int[] PromptOf(int text) => order.Prompts[(int)((first + text) / order.Count)];
    }
}

/// <summary><c>charrnn sample --beams</c>: the texts that a model finds likeliest, the best first.</summary>
internal sealed class BeamSampling(Shell shell, LanguageModel model, LabelBlend? label)
{
    /// <summary>Writes the likeliest texts after each prompt.</summary>
    public void Run(SampleOrder order, int beams, SampleWriter writer)
    {
        foreach (int[] prompt in order.Prompts)
            Run(order, prompt, beams, writer);
        writer.Finish();
    }

    private void Run(SampleOrder order, int[] prompt, int beams, SampleWriter writer)
    {
        var texts = new BeamSearch(model, label).Run(
            prompt,
            beams,
            (int)Math.Min(order.Bounds.MaxOfAll, int.MaxValue),
            order.Stop,
            model.UsefulThreads(beams),
            shell.Interruption.Token
        );
        if (texts.Count < order.Count)
            shell.Terminal.Warning($"there are only {texts.Count} texts of that length.");
        foreach (var (rank, text) in texts.Take(order.Count).Index())
        {
            shell.Terminal.Message(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"beam {rank + 1} of {beams}: {text.MeanNats:0.0000} nats a character, {text.TotalNats:0.00} over "
                        + $"{text.Scored}"
                )
            );
            writer.Write(
                order.Heading(model, prompt, rank + 1) with
                {
                    Seed = null,
                    Label = label,
                },
                order.Echo(prompt),
                new GeneratedText(text.Ids, -text.TotalNats, text.HasEnded)
            );
        }
    }
}
