using CharRnn.Networks;
using CharRnn.Reference;

namespace CharRnn.Tests;

/// <summary>A classifier in the engine and its twin in double with the same weights, and records for both.</summary>
internal sealed class ClassifierTwin : IDisposable
{
    private const double WeightScale = 1.5;

    public ClassifierTwin(ClassifierSpec spec, ulong seed = 1)
    {
        Engine = NewModel(spec);
        Reference = new ReferenceClassifier(
            new ReferenceClassifierSpec(
                spec.Cell,
                spec.VocabularySize,
                spec.LabelCount,
                spec.HiddenSize,
                spec.NumLayers,
                spec.EmbeddingSize,
                spec.Bidirectional,
                Enum.Parse<ReferencePooling>(spec.Pooling.ToString())
            )
            {
                HasTwoBiases = spec.Biases == BiasMode.Double,
                HasSeveralLabels = spec.MultiLabel,
            }
        );
        var random = new SplitMix(seed);
        foreach (string name in Reference.Parameters.Keys)
        {
            int[] shape = Reference.Shapes[name];
            float[] values = Bits.Uniform(
                random,
                Reference.Parameters[name].Length,
                shape.Length > 1 ? WeightScale / Math.Sqrt(shape[1]) : 0.5
            );
            Array.ConvertAll(values, value => (double)value).CopyTo(Reference.Parameters[name], 0);
        }
        foreach (var tensor in Engine.Layout.Tensors)
            tensor.CopyTo(
                Array.ConvertAll(EngineTwin.OfTensor(Reference.Parameters, tensor), value => (float)value),
                Engine.Weights
            );
    }

    public SequenceClassifier Engine { get; }

    public ReferenceClassifier Reference { get; }

    /// <summary>
    /// A classifier whose symbols are those from the space on, with labels a, b, c …, and weights large enough for
    /// states to differ.
    /// </summary>
    public static SequenceClassifier NewModel(
        ClassifierSpec spec,
        IReadOnlyDictionary<string, string>? provenance = null,
        TextPreparation? preparation = null
    ) =>
        new(
            spec,
            new Vocabulary(Enumerable.Range(' ', spec.VocabularySize), TextEncoding.Utf8),
            [.. Enumerable.Range(0, spec.LabelCount).Select(label => $"label {label}")],
            Initialization.Parse("uniform:0.7"),
            seed: 5
        )
        {
            Provenance = provenance ?? new Dictionary<string, string>(),
            Preparation = preparation ?? new TextPreparation(),
        };

    /// <summary>Records of 1 to T characters, one of which has T, and one 1; weights differ.</summary>
    public static ReferenceRecord[] Records(ClassifierSpec spec, int steps, int streams, ulong seed = 3)
    {
        var random = new SplitMix(seed);
        int Below(int bound) => (int)(random.Next() % (ulong)bound);
        return
        [
            .. Enumerable
                .Range(0, streams)
                .Select(b => new ReferenceRecord(
                    EngineTwin.Ids(
                        b == 0 ? steps
                            : b == 1 ? 1
                            : 1 + Below(steps),
                        spec.VocabularySize,
                        seed + (ulong)b + 1
                    ),
                    Below(spec.LabelCount),
                    (float)(0.5 + 0.25 * (b % 4))
                )
                {
                    // From none to all of them.
                    Labels = spec.MultiLabel
                        ? [.. Enumerable.Range(0, spec.LabelCount).Where(_ => Below(4) < b % 5)]
                        : [],
                }),
        ];
    }

    public void Dispose() => Engine.Dispose();
}

/// <summary>Records as the engine takes them in: padded to some length with symbols that must not matter.</summary>
internal sealed class PaddedBatch
{
    private readonly int _steps,
        _streams;
    private readonly int[] _ids,
        _lengths,
        _labels;
    private readonly int[] _labelStarts = [];
    private readonly float[] _weights;

    public PaddedBatch(IReadOnlyList<ReferenceRecord> records, int padding = 0, int paddingId = 0)
    {
        _streams = records.Count;
        _steps = records.Max(record => record.Ids.Length) + padding;
        _ids = [.. Enumerable.Repeat(paddingId, _steps * _streams)];
        for (int b = 0; b < _streams; b++)
        for (int t = 0; t < records[b].Ids.Length; t++)
            _ids[t * _streams + b] = records[b].Ids[t];
        _lengths = [.. records.Select(record => record.Ids.Length)];
        _labels = [.. records.Select(record => record.Label)];
        if (records.Any(record => record.Labels.Length > 0))
        {
            _labels = [.. records.SelectMany(record => record.Labels)];
            _labelStarts =
            [
                .. Enumerable
                    .Range(0, records.Count + 1)
                    .Select(b => records.Take(b).Sum(record => record.Labels.Length)),
            ];
        }
        _weights = [.. records.Select(record => (float)record.Weight)];
    }

    public LabeledBatch View =>
        new()
        {
            Steps = _steps,
            Streams = _streams,
            Ids = _ids,
            Lengths = _lengths,
            Labels = _labels,
            LabelStarts = _labelStarts,
            Weights = _weights,
        };
}
