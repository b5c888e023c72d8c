using CharRnn.Networks;
using CharRnn.Sampling;

namespace CharRnn;

/// <summary>
/// Generator of several texts in parallel from one model, several times as fast as one after another: every weight read
/// serves all of them, and threads share them. Each text is, character by character, the one that
/// <see cref="TextGenerator.Ids"/> writes under the same number, up to the boundary at its end, if the vocabulary has
/// one; after that the stream writes another text.
/// </summary>
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
    {
        options.Validate();
        int[] start = TextGenerator.Start(model, prompt);
        // Checked before the session starts threads, which a failure here would leave running.
        LanguageModel.RequireKnown(start, model.Spec.VocabularySize);
        model.RequireLabel(label);
        _session = model.NewSession(streams, threads, label);
        _ids = new int[streams];
        _drawing = new Drawing(
            _ids,
            firstStream,
            [
                .. Enumerable
                    .Range(0, threads)
                    .Select(_ => new Sampler(options, model.Vocabulary.Count, model.Vocabulary.UnknownId)),
            ]
        );
        foreach (int id in start[..^1])
        {
            Array.Fill(_ids, id);
            _session.Step(_ids);
        }
        Array.Fill(_ids, start[^1]);
    }

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

    /// <summary>Sampling of each stream on the thread that has its logits.</summary>
    private sealed class Drawing(int[] ids, ulong firstStream, Sampler[] samplers) : ILogitsReader
    {
        private ModelException? _failure;
        private ulong _draw;

        public void Read(int worker, int stream, ReadOnlySpan<float> logits)
        {
            // A worker must not throw: the others would wait for it at the barrier.
            try
            {
                ids[stream] = samplers[worker].Choose(logits, firstStream + (ulong)stream, _draw);
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
    }
}
