using CharRnn.Networks;

namespace CharRnn.Tests;

/// <summary>
/// Untrained models with weights large enough for states to saturate and differ, and texts of symbols drawn at random.
/// </summary>
internal static class RandomModel
{
    public static LanguageModel Make(
        string cell = "lstm",
        int symbols = 37,
        int hidden = 13,
        int layers = 1,
        int embedding = 5,
        bool residual = false,
        IReadOnlyDictionary<string, string>? provenance = null
    )
    {
        var spec = new ModelSpec
        {
            Cell = cell,
            VocabularySize = symbols,
            HiddenSize = hidden,
            NumLayers = layers,
            EmbeddingSize = embedding,
            Residual = residual,
        };
        return Make(spec, provenance);
    }

    public static LanguageModel Make(ModelSpec spec, IReadOnlyDictionary<string, string>? provenance = null)
    {
        var vocabulary = new Vocabulary(Enumerable.Range(' ', spec.VocabularySize), TextEncoding.Utf8);
        // States without limits would grow without end: the spectral radius of uniform weights is limit·√(H/3).
        double limit = spec.CellKind.Saturates ? 0.7 : 1.4 / Math.Sqrt(spec.HiddenSize);
        return new LanguageModel(
            spec,
            vocabulary,
            Initialization.Parse(FormattableString.Invariant($"uniform:{limit}")),
            seed: 5
        )
        {
            Provenance = provenance ?? new Dictionary<string, string>(),
        };
    }

    /// <summary>A model whose cells are in one of <see cref="Architectures"/>.</summary>
    public static LanguageModel MakeIn(string architecture, string cell = "lstm", int hidden = 13) =>
        Make(
            new ModelSpec
            {
                Cell = cell,
                VocabularySize = 37,
                HiddenSize = hidden,
                EmbeddingSize = 5,
            }.In(architecture)
        );

    public static int[] Ids(int count, int symbols, ulong seed = 3) =>
        [
            .. Enumerable
                .Range(0, count)
                .Select(i =>
                    CounterRandom.Below(CounterRandom.Draw(seed, RandomPurpose.RandomWindow, (ulong)i, 0), symbols)
                ),
        ];

    /// <summary>The names of all cells.</summary>
    public static TheoryData<string> Cells => [.. CellCatalog.All.Select(cell => cell.Name)];
}
