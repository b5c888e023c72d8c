using CharRnn.Benchmarking;
using CharRnn.Networks;

namespace CharRnn.Tests;

public sealed class TrainingBenchmarkTests
{
    private static readonly ModelSpec Gru = new()
    {
        Cell = "gru",
        VocabularySize = 7,
        HiddenSize = 8,
        NumLayers = 2,
        EmbeddingSize = 5,
    };

    [Fact]
    public void FlopPerCharacter_IsSixForEachWeightThatACharacterUses()
    {
        // Recurrent weights of both layers, input weights of the second, and the head; the first layer's table is not
        // counted.
        Assert.Equal(6 * (2 * 24 * 8 + 24 * 8 + 8 * 7), TrainingBenchmark.FlopPerCharacter(Gru));
    }

    [Fact]
    public void FlopPerCharacter_WithAProjection_CountsIt_AndWhatTakesItInAsWideAsItIs()
    {
        Assert.Equal(
            6 * (2 * 24 * 8 + 24 * 3 + 2 * 8 * 3 + 3 * 7),
            TrainingBenchmark.FlopPerCharacter(Gru with { ProjectionSize = 3 })
        );
    }
}
