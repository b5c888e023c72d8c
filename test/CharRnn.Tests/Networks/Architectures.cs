using CharRnn.Networks;

namespace CharRnn.Tests;

/// <summary>
/// What can be put around the cells of a network: activations, projections, second biases and a symbol that resets the
/// state, each alone and together.
/// </summary>
internal static class Architectures
{
    /// <summary>Everything at once.</summary>
    public const string Everything = "everything";

    /// <summary>Records whose first symbol is given.</summary>
    public const string ConditionOnFirstSymbol = "given starts, dropout of logits, two layers";

    // Low, so that the smallest vocabularies of the tests have it.
    private const int ResetId = 3;
    private const double LogitDropout = 0.2;

    private static readonly Dictionary<string, Func<ModelSpec, ModelSpec>> All = new()
    {
        ["relu after the embedding"] = spec => spec with { EmbeddingActivation = Activation.Relu },
        ["tanh after the embedding, two layers"] = spec =>
            spec with
            {
                EmbeddingActivation = Activation.Tanh,
                NumLayers = 2,
            },
        ["relu before the head"] = spec => spec with { HeadActivation = Activation.Relu },
        ["tanh before the head, one-hot, three residual layers"] = spec =>
            spec with
            {
                HeadActivation = Activation.Tanh,
                EmbeddingSize = 0,
                NumLayers = 3,
                Residual = true,
            },
        ["a projection"] = spec => spec with { ProjectionSize = 5 },
        ["a projection, one-hot, two layers"] = spec =>
            spec with
            {
                ProjectionSize = 7,
                EmbeddingSize = 0,
                NumLayers = 2,
            },
        ["a wide projection, three residual layers"] = spec =>
            spec with
            {
                ProjectionSize = 37,
                NumLayers = 3,
                Residual = true,
            },
        ["tanh before the head after a projection, one-hot"] = spec =>
            spec with
            {
                ProjectionSize = 16,
                HeadActivation = Activation.Tanh,
                EmbeddingSize = 0,
            },
        ["states that begin anew, a projection, two biases, two layers"] = spec =>
            spec with
            {
                ResetId = ResetId,
                ProjectionSize = 5,
                Biases = BiasMode.Double,
                NumLayers = 2,
            },
        ["units that are not fed back"] = spec => spec with { FeedbackSize = Math.Min(3, spec.HiddenSize) },
        ["units that are not fed back, one-hot, dropout of logits, two layers"] = spec =>
            spec with
            {
                FeedbackSize = spec.HiddenSize - 1,
                EmbeddingSize = 0,
                LogitDropout = LogitDropout,
                NumLayers = 2,
            },
        [ConditionOnFirstSymbol] = spec =>
            spec with
            {
                ResetId = ResetId,
                ConditionOnFirstSymbol = true,
                LogitDropout = LogitDropout,
                NumLayers = 2,
            },
        [Everything] = spec =>
            spec with
            {
                EmbeddingActivation = Activation.Tanh,
                HeadActivation = Activation.Relu,
                ProjectionSize = 11,
                NumLayers = 3,
                Residual = true,
                Biases = BiasMode.Double,
                ResetId = ResetId,
                FeedbackSize = Math.Max(1, spec.HiddenSize / 2),
                LogitDropout = LogitDropout,
            },
    };

    /// <summary>Every architecture.</summary>
    public static TheoryData<string> Names => [.. All.Keys];

    /// <summary>Every cell in every architecture.</summary>
    public static TheoryData<string, string> OfEveryCell
    {
        get
        {
            var cases = new TheoryData<string, string>();
            foreach (var cell in CellCatalog.All)
            foreach (string name in All.Keys)
                cases.Add(cell.Name, name);
            return cases;
        }
    }

    /// <summary>Consecutive numbers for the cells of an architecture, and for the architectures of a cell.</summary>
    public static int Turn(string cell, string architecture) =>
        CellCatalog.All.TakeWhile(known => known.Name != cell).Count()
        + All.Keys.TakeWhile(name => name != architecture).Count();

    /// <summary>A network with its cells in an architecture.</summary>
    public static ModelSpec In(this ModelSpec spec, string architecture) => All[architecture](spec);
}
