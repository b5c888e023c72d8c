using CharRnn.Networks;
using CharRnn.Sampling;

namespace CharRnn;

/// <summary>
/// Writes several texts side by side from one model, several times as many characters a second as one after another:
/// every weight that is read serves all of them, and they are shared out among threads. Each text is, character by
/// character, the one that <see cref="TextGenerator.Ids"/> writes under the same number, up to the boundary at its end,
/// where the vocabulary has one; what a stream writes after that is another text.
/// </summary>
public sealed class BatchGenerator : IDisposable
{
    private readonly StepSession _session;
    private readonly Drawing _drawing;
    private readonly int[] _ids;

    /// <summary>Begins texts after a prompt.</summary>
    /// <param name="model">The model.</param>
    /// <param name="prompt">
    /// The ids that come first, the same for all; when empty, texts begin as <see cref="TextGenerator.Ids"/> begins
    /// them.
    /// </param>
    /// <param name="options">How symbols are chosen.</param>
    /// <param name="streams">B: how many texts.</param>
    /// <param name="firstStream">The number of the first; 0 by default.</param>
    /// <param name="threads">How many threads; 1 by default. Any number gives the same texts.</param>
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
        // Before there are threads, which nobody would end.
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

    /// <summary>Writes the next symbol of each text.</summary>
    /// <returns>(B), until the next call.</returns>
    /// <exception cref="ModelException">The model's output is not a number.</exception>
    public ReadOnlySpan<int> Next()
    {
        _session.Step(_ids, _drawing);
        _drawing.EndStep();
        return _ids;
    }

    /// <inheritdoc/>
    public void Dispose() => _session.Dispose();

    /// <summary>Draws for each stream on the thread that has its logits.</summary>
    private sealed class Drawing(int[] ids, ulong firstStream, Sampler[] samplers) : ILogitsReader
    {
        private ModelException? _failure;
        private ulong _draw;

        public void Read(int worker, int stream, ReadOnlySpan<float> logits)
        {
            // A worker must not throw: the others would wait for it.
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
