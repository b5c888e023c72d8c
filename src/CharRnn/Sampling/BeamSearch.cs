using CharRnn.Engine;
using CharRnn.Networks;
using CharRnn.Sampling;

namespace CharRnn;

/// <summary>
/// Beam search for the likeliest texts of a model. Of all continuations of the K best beginnings the K best are kept,
/// symbol by symbol; an ended text keeps its place until K others are better. The search is deterministic: the same
/// model and prompt give the same texts, for any number of threads. With K as large as the number of all beginnings it
/// is exhaustive; with K = 1 it is greedy.
/// </summary>
/// <param name="model">The model.</param>
/// <param name="label">The label of the texts, for a model with labels.</param>
public sealed class BeamSearch(LanguageModel model, LabelBlend? label = null)
{
    /// <summary>Max number of beams.</summary>
    public const int MaxBeams = 1000;

    private const int NoParent = -1;

    /// <summary>Searches.</summary>
    /// <param name="prompt">
    /// The first ids; if empty, texts begin as in <see cref="TextGenerator.Ids"/>.
    /// </param>
    /// <param name="beams">K: the number of beams, 1 to <see cref="MaxBeams"/>.</param>
    /// <param name="length">Max symbols of a text, at least 1.</param>
    /// <param name="stop">
    /// Ids that end a text; null for none. The vocabulary's boundary always ends one.
    /// </param>
    /// <param name="threads">Number of threads; 1 by default.</param>
    /// <param name="cancellationToken">Stops with an <see cref="OperationCanceledException"/>.</param>
    /// <returns>
    /// Up to K texts, the likeliest first; of equally likely ones, the one whose beginning was likelier, then the one
    /// of lower ids.
    /// </returns>
    /// <exception cref="SettingsException">A number cannot be used.</exception>
    /// <exception cref="ModelException">The model's output is not a number.</exception>
    public IReadOnlyList<BeamText> Run(
        IReadOnlyList<int> prompt,
        int beams,
        int length,
        IReadOnlyList<int>? stop = null,
        int threads = 1,
        CancellationToken cancellationToken = default
    )
    {
        if (beams is < 1 or > MaxBeams)
            throw new SettingsException($"'Beams' is {beams}; it must be from 1 to {MaxBeams}.");
        if (length < 1)
            throw new SettingsException($"'Length' is {length}; a beam search needs at least 1.");
        int[] start = TextGenerator.Start(model, prompt);
        LanguageModel.RequireKnown(start, model.Spec.VocabularySize);

        int? boundary = model.Vocabulary.BoundaryId,
            unknown = model.Vocabulary.UnknownId;
        var reader = new BeamReader(model.Vocabulary.Count, beams, unknown, threads);
        int[] ids = new int[beams];
        using var session = model.NewSession(beams, threads, label);
        foreach (int id in start[..^1])
        {
            Array.Fill(ids, id);
            session.Step(ids);
        }
        Array.Fill(ids, start[^1]);
        var search = new Search(beams, stop is null ? [] : [.. stop], boundary);
        for (int written = 0; written < length && search.IsGoingOn; written++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            reader.Begin();
            session.Step(ids, reader);
            reader.ThrowIfFailed();
            session.Reorder(search.Extend(reader, ids));
        }
        return search.Texts();
    }

    /// <summary>Beam: a text that is kept, with the node of its last symbol and −Σ ln p.</summary>
    private readonly record struct Beam(int Node, double Nats, int Length, bool HasEnded);

    /// <summary>Candidate continuation: a beam and a symbol, null for a text that has ended.</summary>
    private readonly record struct Candidate(double Nats, int Parent, int? Id);

    private sealed class Search(int beams, int[] stop, int? boundary)
    {
        // Tree of the texts: each node is a symbol and the node before it.
        private readonly List<(int Parent, int Id)> _nodes = [];
        private readonly int[] _sources = new int[beams];
        private readonly List<Candidate> _candidates = [];
        private List<Beam> _beams = [new Beam(NoParent, 0, 0, HasEnded: false)];

        public bool IsGoingOn => _beams.Exists(beam => !beam.HasEnded);

        /// <summary>Keeps the best continuations.</summary>
        /// <param name="reader">The continuations of each stream.</param>
        /// <param name="ids">Destination of the next input of each stream, (K).</param>
        /// <returns>The stream whose state each stream continues, (K).</returns>
        public int[] Extend(BeamReader reader, int[] ids)
        {
            _candidates.Clear();
            for (int parent = 0; parent < _beams.Count; parent++)
            {
                if (_beams[parent].HasEnded)
                {
                    _candidates.Add(new Candidate(_beams[parent].Nats, parent, null));
                    continue;
                }
                foreach (var (id, nats) in reader.Continuations(parent))
                    _candidates.Add(new Candidate(_beams[parent].Nats + nats, parent, id));
            }
            _candidates.Sort(BetterFirst);
            List<Beam> kept = [.. _candidates.Take(beams).Select(Follow)];
            for (int stream = 0; stream < beams; stream++)
            {
                // Streams without a live text continue with their own state; their output is ignored.
                bool isLive = stream < kept.Count && !kept[stream].HasEnded;
                _sources[stream] = isLive ? _candidates[stream].Parent : stream;
                ids[stream] = isLive ? _candidates[stream].Id!.Value : 0;
            }
            _beams = kept;
            return _sources;
        }

        public IReadOnlyList<BeamText> Texts() => [.. _beams.Select(TextOf)];

        private static int BetterFirst(Candidate a, Candidate b) =>
            a.Nats != b.Nats ? a.Nats.CompareTo(b.Nats)
            : a.Parent != b.Parent ? a.Parent.CompareTo(b.Parent)
            : Nullable.Compare(a.Id, b.Id);

        private Beam Follow(Candidate candidate)
        {
            var parent = _beams[candidate.Parent];
            if (candidate.Id is not { } id)
                return parent;
            _nodes.Add((parent.Node, id));
            int node = _nodes.Count - 1;
            return new Beam(node, candidate.Nats, parent.Length + 1, HasEnded: id == boundary || EndsWithStop(node));
        }

        private bool EndsWithStop(int node)
        {
            for (int i = stop.Length - 1; i >= 0; i--)
            {
                if (node == NoParent || _nodes[node].Id != stop[i])
                    return false;
                node = _nodes[node].Parent;
            }
            return stop.Length > 0;
        }

        private BeamText TextOf(Beam beam)
        {
            int[] ids = new int[beam.Length];
            for (int node = beam.Node, i = beam.Length - 1; i >= 0; node = _nodes[node].Parent, i--)
                ids[i] = _nodes[node].Id;
            int ending =
                !beam.HasEnded ? 0
                : ids[^1] == boundary ? 1
                : stop.Length;
            return new BeamText(ids[..^ending], beam.Nats, beam.Length, beam.HasEnded);
        }
    }
}

/// <summary>Text found by a beam search.</summary>
/// <param name="Ids">The ids without the prompt and without the end of the text.</param>
/// <param name="TotalNats">Σ −ln p over all generated symbols, the stop text or end symbol included.</param>
/// <param name="Scored">Number of symbols in that sum.</param>
/// <param name="HasEnded">Whether the text ended by itself rather than by its length.</param>
public sealed record BeamText(IReadOnlyList<int> Ids, double TotalNats, int Scored, bool HasEnded)
{
    /// <summary>Mean −ln p, nats a symbol.</summary>
    public double MeanNats => TotalNats / Scored;
}

/// <summary>Reader of logits that keeps each stream's likeliest symbols and their −ln p.</summary>
/// <param name="symbols">V.</param>
/// <param name="beams">K: the number of streams, and of symbols kept of each.</param>
/// <param name="never">The symbol that is never kept; null for none.</param>
/// <param name="threads">Number of workers.</param>
internal sealed class BeamReader(int symbols, int beams, int? never, int threads) : ILogitsReader
{
    private readonly int _max = Math.Min(beams, symbols);

    // Ids and their −ln p, (K, K), the likeliest first, and their number in each stream, (K).
    private readonly int[] _ids = new int[beams * Math.Min(beams, symbols)];
    private readonly double[] _nats = new double[beams * Math.Min(beams, symbols)];
    private readonly int[] _counts = new int[beams];
    private readonly float[][] _scratch =
    [
        .. Enumerable.Range(0, threads).Select(_ => new float[Padding.RoundUp(symbols)]),
    ];
    private volatile ModelException? _failure;

    /// <summary>Clears the last step.</summary>
    public void Begin() => Array.Clear(_counts);

    /// <summary>Continuations of a stream, the likeliest first; of equally likely ones the lower id.</summary>
    public IEnumerable<(int Id, double Nats)> Continuations(int stream)
    {
        for (int i = stream * _max; i < stream * _max + _counts[stream]; i++)
            yield return (_ids[i], _nats[i]);
    }

    /// <summary>Throws the failure of a worker.</summary>
    public void ThrowIfFailed()
    {
        if (_failure is { } failure)
            throw new ModelException(failure.Message, failure);
    }

    public void Read(int worker, int stream, ReadOnlySpan<float> logits)
    {
        float[] scratch = _scratch[worker];
        logits.CopyTo(scratch);
        double logSum = Softmax.Normalize(scratch, symbols);
        if (!double.IsFinite(logSum))
        {
            _failure = Sampler.NotNumbers();
            return;
        }
        var ids = _ids.AsSpan(stream * _max, _max);
        int count = 0;
        for (int id = 0; id < logits.Length; id++)
        {
            if (id == never || float.IsNegativeInfinity(logits[id]))
                continue;
            if (count == _max && !(logits[id] > logits[ids[count - 1]]))
                continue;
            int place = count < _max ? count++ : count - 1;
            for (; place > 0 && logits[id] > logits[ids[place - 1]]; place--)
                ids[place] = ids[place - 1];
            ids[place] = id;
        }
        for (int i = 0; i < count; i++)
            _nats[stream * _max + i] = logSum - logits[ids[i]];
        _counts[stream] = count;
    }
}
