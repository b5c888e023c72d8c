using CharRnn.Engine;
using CharRnn.Networks;

namespace CharRnn;

/// <summary>
/// Pooling of a language model's states to one vector. It is chosen when texts are embedded, and nothing of it is
/// trained; a classifier's <see cref="Pooling"/> is part of its network.
/// </summary>
public enum EmbeddingPooling
{
    /// <summary>The mean over the text's characters.</summary>
    Mean,

    /// <summary>The state after the last character, from which the model would go on writing.</summary>
    Last,

    /// <summary>The maximum of each number over the text's characters.</summary>
    Max,
}

/// <summary>
/// Embedder of texts by a language model: a text's vector is the top layer's output, pooled over the text's characters.
/// That output is what the head predicts the next symbol from: the last hidden state h, or where the network has them
/// its projection, the residual sum and the head's activation; H numbers, or P of a projected network. The text is read
/// from a state of zeros; a model of records reads the boundary before it, which is not pooled.
/// </summary>
/// <example>
/// How alike texts are, as cosines of their vectors:
/// <code>
/// using var model = LanguageModel.Load("runs/dragons-001");
/// var embedder = new TextEmbedder(model);
/// float[][] vectors = embedder.Embed(["Once upon a time", "Once there was", "dragons"]);
/// foreach (float[] vector in vectors)
///     Console.WriteLine(vectors[0].Zip(vector, (a, b) => a * b).Sum());
/// </code>
/// </example>
public sealed class TextEmbedder : ITextEmbedder
{
    // Enough tiles for several cores, and rows enough for the products to be fast; more would only cost memory.
    private const int MaxStreams = 128;
    private const int EnoughRows = 1024;
    private const int MaxSteps = 64;

    private readonly LanguageModel _model;
    private readonly EmbeddingPooling _pooling;
    private readonly LabelBlend? _label;

    /// <summary>
    /// Makes an embedder; the model's weights are read at every call, and it must outlive the embedder.
    /// </summary>
    /// <param name="model">The model.</param>
    /// <param name="pooling">Pooling of the states; the mean by default.</param>
    /// <param name="label">The label that texts are read under, for a model with labels.</param>
    /// <exception cref="SettingsException">The model has labels and none is given, or the other way round.</exception>
    public TextEmbedder(LanguageModel model, EmbeddingPooling pooling = EmbeddingPooling.Mean, LabelBlend? label = null)
    {
        ArgumentNullException.ThrowIfNull(model);
        if (!Enum.IsDefined(pooling))
            throw new ArgumentOutOfRangeException(nameof(pooling), $"pooling is {pooling}; there is none such.");
        model.RequireLabel(label);
        (_model, _pooling, _label) = (model, pooling, label);
    }

    /// <inheritdoc/>
    public int EmbeddingSize => _model.Spec.ProjectionSize > 0 ? _model.Spec.ProjectionSize : _model.Spec.HiddenSize;

    /// <inheritdoc/>
    public float[][] Embed(
        IReadOnlyList<string> texts,
        int threads = 1,
        bool normalize = true,
        CancellationToken cancellationToken = default
    )
    {
        ArgumentNullException.ThrowIfNull(texts);
        return Embed([.. texts.Select(_model.Encode)], threads, normalize, cancellationToken);
    }

    /// <inheritdoc/>
    public float[][] Embed(
        IReadOnlyList<int[]> texts,
        int threads = 1,
        bool normalize = true,
        CancellationToken cancellationToken = default
    )
    {
        ArgumentNullException.ThrowIfNull(texts);
        int[] order = TextEmbedding.LongestFirst(texts);
        foreach (int[] ids in texts)
            RecurrentModel.RequireKnown(ids, _model.Spec.VocabularySize);
        float[][] vectors = new float[texts.Count][];
        using var reading = new Reading(this, texts, threads);
        for (int first = 0; first < order.Length; first += MaxStreams)
        {
            var batch = order.AsSpan(first, Math.Min(MaxStreams, order.Length - first));
            reading.Read(batch, cancellationToken);
            for (int stream = 0; stream < batch.Length; stream++)
                vectors[batch[stream]] = TextEmbedding.ToVector(reading.Pooled(stream), normalize, batch[stream]);
        }
        return vectors;
    }

    /// <inheritdoc/>
    public int UsefulThreads(int streams) => _model.UsefulThreads(Math.Min(streams, MaxStreams));

    /// <summary>
    /// Reading of texts side by side, in windows that carry the state. Each worker pools the streams of its share after
    /// the window, position by position and in double, so that neither windows nor workers change a bit.
    /// </summary>
    private sealed class Reading : ITeamWork, IDisposable
    {
        private readonly LanguageModel _model;
        private readonly EmbeddingPooling _pooling;
        private readonly IReadOnlyList<int[]> _texts;
        private readonly WorkerTeam _team;
        private readonly int _width;
        private readonly int? _boundary;

        // Symbols whose products are computed once for all windows; 0 where texts have fewer characters than that.
        private readonly int _wholeTable;

        // (1, G·H): what the label adds to every symbol's products; empty without one.
        private readonly MatrixPool _pool = new();
        private readonly Matrix _shift;

        // (T, B), index t·B + b.
        private readonly int[] _ids = new int[Math.Max(EnoughRows, MaxStreams)];
        private readonly double[][] _pooled;
        private int[] _batch = [];
        private Window? _window;
        private int _start;

        public Reading(TextEmbedder embedder, IReadOnlyList<int[]> texts, int threads)
        {
            (_model, _pooling, _texts) = (embedder._model, embedder._pooling, texts);
            _boundary = _model.Preparation.Records ? _model.Vocabulary.BoundaryId : null;
            _width = embedder.EmbeddingSize;
            int symbols = _model.Spec.VocabularySize;
            _wholeTable = texts.Sum(ids => (long)ids.Length) >= symbols ? symbols : 0;
            _pooled = [.. Enumerable.Range(0, Math.Min(texts.Count, MaxStreams)).Select(_ => new double[_width])];
            _team = new WorkerTeam(threads);
            if (embedder._label is not { } label)
                return;
            using var labels = InputProjection.OfLabels(_model.Layout, _model.ForwardWeights, _model.Labels.Count)!;
            labels.BuildAll();
            _shift = _pool.Allocate(1, labels.Width);
            labels.Blend(label, _shift);
        }

        /// <summary>Number of the boundary's steps before a text.</summary>
        private int Lead => _boundary is null ? 0 : 1;

        /// <summary>A text's pooled state, after its batch was read.</summary>
        public ReadOnlySpan<double> Pooled(int stream) => _pooled[stream];

        public void Read(ReadOnlySpan<int> batch, CancellationToken cancellationToken)
        {
            _batch = batch.ToArray();
            int longest = Lead + _texts[batch[0]].Length,
                steps = Math.Min(longest, Math.Clamp(EnoughRows / batch.Length, 1, MaxSteps));
            var window = Take(steps, batch.Length);
            for (int stream = 0; stream < batch.Length; stream++)
                Array.Fill(_pooled[stream], _pooling == EmbeddingPooling.Max ? double.NegativeInfinity : 0);
            for (_start = 0; _start < longest; _start += steps)
            {
                cancellationToken.ThrowIfCancellationRequested();
                for (int t = 0; t < steps; t++)
                {
                    for (int stream = 0; stream < batch.Length; stream++)
                        _ids[t * batch.Length + stream] = IdAt(stream, _start + t);
                }
                window.SetInputs(_ids.AsSpan(0, steps * batch.Length));
                _team.Run(this);
            }
        }

        /// <inheritdoc/>
        public void Execute(int worker)
        {
            _window!.Forward(worker, carryState: _start > 0);
            _team.SignalAndWait();
            while (_team.TryTake(worker, _batch.Length, grain: 1, out var streams))
            {
                for (int stream = streams.Start; stream < streams.End; stream++)
                    Pool(stream);
            }
        }

        public void Dispose()
        {
            _team.Dispose();
            _window?.Dispose();
            _pool.Dispose();
        }

        /// <summary>A window of a shape, which most often is that of the last batch.</summary>
        private Window Take(int steps, int streams)
        {
            if (_window is { } last && last.Tiles.Steps == steps && last.Tiles.Streams == streams)
                return last;
            _window?.Dispose();
            _window = new Window(
                _model.Layout,
                _model.ForwardWeights,
                steps,
                streams,
                _team,
                minTableRows: Math.Max(_wholeTable, steps * streams)
            );
            _window.Symbols.Shift = _shift;
            if (_wholeTable > 0)
                _window.Symbols.BuildAll();
            return _window;
        }

        /// <summary>What a stream reads; after its end symbol 0, which is not pooled.</summary>
        private int IdAt(int stream, int position)
        {
            if (position < Lead)
                return _boundary!.Value;
            int[] ids = _texts[_batch[stream]];
            return position - Lead < ids.Length ? ids[position - Lead] : 0;
        }

        private void Pool(int stream)
        {
            double[] pooled = _pooled[stream];
            int length = _texts[_batch[stream]].Length,
                end = Math.Min(_window!.Tiles.Steps, Lead + length - _start);
            for (int t = Math.Max(0, Lead - _start); t < end; t++)
            {
                bool isLast = _start + t == Lead + length - 1;
                var state = _window.OutputOf(t, stream)[.._width];
                switch (_pooling)
                {
                    case EmbeddingPooling.Mean:
                        Add(state, pooled);
                        if (isLast)
                            Divide(pooled, length);
                        break;
                    case EmbeddingPooling.Max:
                        Raise(state, pooled);
                        break;
                    default:
                        if (isLast)
                            Add(state, pooled);
                        break;
                }
            }
        }

        private static void Add(ReadOnlySpan<float> state, Span<double> sums)
        {
            for (int i = 0; i < state.Length; i++)
                sums[i] += state[i];
        }

        private static void Divide(Span<double> sums, int count)
        {
            for (int i = 0; i < sums.Length; i++)
                sums[i] /= count;
        }

        private static void Raise(ReadOnlySpan<float> state, Span<double> maxima)
        {
            for (int i = 0; i < state.Length; i++)
                maxima[i] = Math.Max(maxima[i], state[i]);
        }
    }
}
