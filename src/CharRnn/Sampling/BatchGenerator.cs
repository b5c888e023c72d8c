using CharRnn.Engine;
using CharRnn.Networks;
using CharRnn.Sampling;

namespace CharRnn;

/// <summary>
/// Generator of several texts in parallel from one model, several times as fast as one after another: every weight read
/// serves all of them, and threads share them. Each text is, character by character, the one that
/// <see cref="TextGenerator.Ids"/> writes under the same number, up to the boundary at its end, if the vocabulary has
/// one; after that the stream writes another text.
/// </summary>
/// <example>
/// One text after each of several prompts, side by side:
/// <code>
/// using var model = LanguageModel.Load("runs/dragons-001");
/// int[][] prompts = [model.Encode("Once"), model.Encode("One"), model.Encode("On")];
/// using var batch = BatchGenerator.OfPrompts(model, prompts, new SamplingOptions { Temperature = 0.8 });
/// for (int i = 0; i &lt; 5; i++)
///     Console.WriteLine(model.Vocabulary.Decode(batch.Next()));
/// </code>
/// </example>
public sealed class BatchGenerator : IDisposable
{
    private readonly StepSession _session;
    private readonly Drawing _drawing;
    private readonly int[] _ids;

    /// <summary>Begins texts with a prompt.</summary>
    /// <param name="model">The model.</param>
    /// <param name="prompt">
    /// The first ids, the same for all; if empty, texts begin as in <see cref="TextGenerator.Ids"/>.
    /// </param>
    /// <param name="options">The sampling options.</param>
    /// <param name="streams">B: the number of texts.</param>
    /// <param name="firstStream">The number of the first; 0 by default.</param>
    /// <param name="threads">Number of threads; 1 by default. Any number gives the same texts.</param>
    /// <param name="label">The label of all texts, for a model with labels.</param>
    /// <exception cref="SettingsException">An option cannot be used.</exception>
    public BatchGenerator(
        LanguageModel model,
        IReadOnlyList<int> prompt,
        SamplingOptions options,
        int streams,
        ulong firstStream = 0,
        int threads = 1,
        LabelBlend? label = null
    )
        : this(model, TextStart.Several(prompt, streams, firstStream), options, threads, label) { }

    /// <summary>Begins texts with prompts of their own.</summary>
    /// <param name="model">The model.</param>
    /// <param name="starts">(B) the prompt and number of each text.</param>
    /// <param name="options">The sampling options.</param>
    /// <param name="threads">Number of threads.</param>
    /// <param name="label">The label of all texts, for a model with labels.</param>
    /// <param name="isScored">Whether <see cref="LogProbabilities"/> are computed.</param>
    /// <param name="stops">
    /// Ids that end a text for whoever reads it, beside the boundary; none comes before
    /// <see cref="SamplingOptions.MinLength"/>.
    /// </param>
    internal BatchGenerator(
        LanguageModel model,
        IReadOnlyList<TextStart> starts,
        SamplingOptions options,
        int threads,
        LabelBlend? label = null,
        bool isScored = false,
        params IReadOnlyList<IReadOnlyList<int>> stops
    )
    {
        options.Validate();
        int[][] inputs = [.. starts.Select(start => TextGenerator.Start(model, start.Prompt))];
        // Checked before the session starts threads, which a failure here would leave running.
        foreach (int[] ids in inputs)
            LanguageModel.RequireKnown(ids, model.Spec.VocabularySize);
        model.RequireLabel(label);
        TextSoFar?[] texts = [.. starts.Select(start => TextSoFar.Of(options, model.Vocabulary, start.Prompt, stops))];
        _session = model.NewSession(starts.Count, threads, label);
        _ids = new int[starts.Count];
        _drawing = new Drawing(
            _ids,
            starts,
            texts,
            [
                .. Enumerable
                    .Range(0, threads)
                    .Select(_ => new Sampler(options, model.Vocabulary.Count, model.Vocabulary.UnknownId)),
            ],
            isScored ? model.Vocabulary.Count : null
        );
        ReadPrompts(inputs);
    }

    /// <summary>
    /// ln p of the symbols that the last call of <see cref="Next"/> gave, (B): at temperature 1, without penalties and
    /// cuts.
    /// </summary>
    internal ReadOnlySpan<double> LogProbabilities => _drawing.LogProbabilities;

    /// <summary>
    /// Begins texts with prompts of their own, of any lengths. Each is the text that its prompt gives alone under the
    /// same number.
    /// </summary>
    /// <param name="model">The model.</param>
    /// <param name="prompts">(B) the first ids of each text; at least one.</param>
    /// <param name="options">The sampling options.</param>
    /// <param name="stream">The number of the texts, the same for each; 0 by default.</param>
    /// <param name="threads">Number of threads; 1 by default. Any number gives the same texts.</param>
    /// <param name="label">The label of all texts, for a model with labels.</param>
    /// <exception cref="SettingsException">An option cannot be used.</exception>
    public static BatchGenerator OfPrompts(
        LanguageModel model,
        IReadOnlyList<IReadOnlyList<int>> prompts,
        SamplingOptions options,
        ulong stream = 0,
        int threads = 1,
        LabelBlend? label = null
    ) => new(model, [.. prompts.Select(prompt => new TextStart(prompt, stream))], options, threads, label);

    /// <summary>Generates the next symbol of each text.</summary>
    /// <returns>The ids, (B), valid until the next call.</returns>
    /// <exception cref="ModelException">The model's output is not a number.</exception>
    public ReadOnlySpan<int> Next()
    {
        _session.Step(_ids, _drawing);
        _drawing.EndStep();
        return _ids;
    }

    /// <inheritdoc/>
    public void Dispose() => _session.Dispose();

    /// <summary>
    /// Reads all prompts but their last symbols. They end together: a shorter one begins later, from zeros.
    /// </summary>
    private void ReadPrompts(int[][] inputs)
    {
        int longest = inputs.Max(ids => ids.Length);
        for (int left = longest; left > 0; left--)
        {
            if (left < longest)
                _session.ClearStates(stream => inputs[stream].Length == left);
            for (int stream = 0; stream < inputs.Length; stream++)
                _ids[stream] = inputs[stream] is var ids && ids.Length >= left ? ids[^left] : 0;
            if (left > 1)
                _session.Step(_ids);
        }
    }

    /// <summary>Sampling of each stream on the thread that has its logits.</summary>
    private sealed class Drawing(
        int[] ids,
        IReadOnlyList<TextStart> starts,
        TextSoFar?[] texts,
        Sampler[] samplers,
        int? scoredSymbols
    ) : ILogitsReader
    {
        private readonly double[] _logProbabilities = scoredSymbols is null ? [] : new double[ids.Length];

        // (V padded) of each worker.
        private readonly float[][] _scratch = scoredSymbols is { } symbols
            ? [.. samplers.Select(_ => new float[Padding.RoundUp(symbols)])]
            : [];
        private ModelException? _failure;
        private ulong _draw;

        public ReadOnlySpan<double> LogProbabilities => _logProbabilities;

        public void Read(int worker, int stream, ReadOnlySpan<float> logits)
        {
            // A worker must not throw: the others would wait for it at the barrier.
            try
            {
                ids[stream] = samplers[worker].Choose(logits, starts[stream].Stream, _draw, texts[stream]);
                texts[stream]?.Add(ids[stream]);
                if (scoredSymbols is not null)
                    _logProbabilities[stream] = LogProbability(logits, ids[stream], _scratch[worker]);
            }
            catch (ModelException failure)
            {
                _failure = failure;
            }
        }

        public void EndStep()
        {
            _draw++;
            if (_failure is not null)
                throw new ModelException(_failure.Message, _failure);
        }

        private static double LogProbability(ReadOnlySpan<float> logits, int id, float[] scratch)
        {
            logits.CopyTo(scratch);
            return logits[id] - Softmax.Normalize(scratch, logits.Length);
        }
    }
}

/// <summary>Beginning of a text that is generated.</summary>
/// <param name="Prompt">The first ids.</param>
/// <param name="Stream">The number of the text among those of one seed.</param>
internal sealed record TextStart(IReadOnlyList<int> Prompt, ulong Stream)
{
    /// <summary>Texts of one prompt and of consecutive numbers.</summary>
    public static TextStart[] Several(IReadOnlyList<int> prompt, int count, ulong first)
    {
        var starts = new TextStart[count];
        for (int i = 0; i < count; i++)
            starts[i] = new TextStart(prompt, first + (ulong)i);
        return starts;
    }
}
