using CharRnn.Engine;
using CharRnn.Networks;

namespace CharRnn.Tests;

public sealed class ParameterLayoutTests
{
    public static TheoryData<string, int> EveryCellAndInput()
    {
        var cases = new TheoryData<string, int>();
        foreach (var cell in CellCatalog.All)
        foreach (int embedding in new[] { 0, 5 })
            cases.Add(cell.Name, embedding);
        return cases;
    }

    [Theory]
    [MemberData(nameof(EveryCellAndInput))]
    public void Tensors_KeepEveryElementInAPlaceOfItsOwn(string cell, int embedding) =>
        AssertPlaces(
            new ModelSpec
            {
                Cell = cell,
                VocabularySize = 27,
                HiddenSize = 13,
                NumLayers = 2,
                EmbeddingSize = embedding,
            }
        );

    private static void AssertPlaces(ModelSpec spec)
    {
        AssertKeeps(new ParameterLayout(spec));
        AssertKeeps(new ParameterLayout(spec with { Biases = BiasMode.Double }));
    }

    private static void AssertKeeps(ParameterLayout layout)
    {
        using var arena = new Arena(layout.Arena);
        int next = 1;
        float[][] values =
        [
            .. layout.Tensors.Select(tensor => Enumerable.Range(0, tensor.Count).Select(_ => (float)next++).ToArray()),
        ];

        for (int i = 0; i < values.Length; i++)
            layout.Tensors[i].CopyTo(values[i], arena);

        for (int i = 0; i < values.Length; i++)
            Assert.Equal(values[i], layout.Tensors[i].CopyFrom(arena));
        float[] all = arena.Span(0, (int)arena.Length).ToArray();
        Assert.Equal(layout.ParameterCount, all.Count(value => value != 0));
    }

    [Theory]
    [MemberData(nameof(Architectures.OfEveryCell), MemberType = typeof(Architectures))]
    public void Tensors_OfEveryArchitecture_KeepEveryElementInAPlaceOfItsOwn(string cell, string architecture) =>
        AssertPlaces(
            new ModelSpec
            {
                Cell = cell,
                VocabularySize = 27,
                HiddenSize = 13,
                EmbeddingSize = 5,
            }.In(architecture)
        );

    [Fact]
    public void ParameterCount_IsThatOfTheSystemsReproduced()
    {
        // A GRU with its outputs projected from 8 numbers to 3: 3·8·(5 + 8) + 3·8 + 8, 3·8·(3 + 8) + 3·8 + 8, twice
        // 3·8, an embedding of 7·5 and a head of 7·3 + 7.
        Assert.Equal(
            344 + 296 + 48 + 35 + 28,
            Count(
                new ModelSpec
                {
                    Cell = "gru",
                    VocabularySize = 7,
                    HiddenSize = 8,
                    NumLayers = 2,
                    EmbeddingSize = 5,
                    ProjectionSize = 3,
                }
            )
        );
        // min-char-rnn on 65 characters: 65·100 + 100·100 + 100 + 100·65 + 65.
        Assert.Equal(
            23_165,
            Count(
                new ModelSpec
                {
                    Cell = "rnn",
                    VocabularySize = 65,
                    HiddenSize = 100,
                    EmbeddingSize = 0,
                }
            )
        );
        // char-rnn's lstm 2×128 with one trained bias a layer: 240,321 less the 2·512 of the second.
        Assert.Equal(
            240_321 - 1024,
            Count(
                new ModelSpec
                {
                    Cell = "lstm",
                    VocabularySize = 65,
                    HiddenSize = 128,
                    NumLayers = 2,
                    EmbeddingSize = 0,
                }
            )
        );
        Assert.Equal(
            240_321,
            Count(
                new ModelSpec
                {
                    Cell = "lstm",
                    VocabularySize = 65,
                    HiddenSize = 128,
                    NumLayers = 2,
                    EmbeddingSize = 0,
                    Biases = BiasMode.Double,
                }
            )
        );
        // gru adds b_hn alone: 3·8·(7 + 8) + 3·8 + 8, and a head of 7·8 + 7.
        Assert.Equal(
            455,
            Count(
                new ModelSpec
                {
                    Cell = "gru",
                    VocabularySize = 7,
                    HiddenSize = 8,
                    EmbeddingSize = 0,
                }
            )
        );
        Assert.Equal(
            455 + 2 * 8,
            Count(
                new ModelSpec
                {
                    Cell = "gru",
                    VocabularySize = 7,
                    HiddenSize = 8,
                    EmbeddingSize = 0,
                    Biases = BiasMode.Double,
                }
            )
        );
    }

    [Fact]
    public void NamesAndShapes_ArePyTorchs_AndTheSplitBiasHasItsOwn()
    {
        var layout = new ParameterLayout(
            new ModelSpec
            {
                Cell = "gru",
                VocabularySize = 7,
                HiddenSize = 5,
                NumLayers = 1,
                EmbeddingSize = 4,
            }
        );

        Assert.Equal(
            [
                "embedding.weight 7x4",
                "rnn.weight_ih_l0 15x4",
                "rnn.weight_hh_l0 15x5",
                "rnn.bias_ih_l0 15",
                "rnn.bias_hn_l0 5",
                "head.weight 7x5",
                "head.bias 7",
            ],
            layout.Tensors.Select(tensor => $"{tensor.Name} {string.Join('x', tensor.Shape)}")
        );
    }

    [Fact]
    public void ATensorGivenTheWrongNumberOfValues_SaysBothNumbers()
    {
        var layout = new ParameterLayout(
            new ModelSpec
            {
                Cell = "rnn",
                VocabularySize = 7,
                HiddenSize = 5,
            }
        );
        using var arena = new Arena(layout.Arena);

        var refused = Assert.Throws<ArgumentException>(() => layout.Tensors[0].CopyTo(new float[3], arena));

        Assert.Contains("embedding.weight was given 3 values; (7, 64) needs 448", refused.Message);
    }

    [Fact]
    public void SizesThatCannotBe_AreRefusedByTheirFlag()
    {
        void AssertRefused(ModelSpec spec, string what) =>
            Assert.Contains(what, Assert.Throws<SettingsException>(() => new ParameterLayout(spec)).Message);

        var fine = new ModelSpec { VocabularySize = 7 };
        AssertRefused(fine with { HiddenSize = 0 }, "'HiddenSize' is 0");
        AssertRefused(fine with { HiddenSize = 1_000_000 }, "'HiddenSize' is 1000000");
        AssertRefused(fine with { NumLayers = -1 }, "'NumLayers' is -1");
        AssertRefused(fine with { EmbeddingSize = -1 }, "'EmbeddingSize' is -1");
        AssertRefused(fine with { ProjectionSize = -1 }, "'ProjectionSize' is -1");
        AssertRefused(
            fine with
            {
                EmbeddingSize = 0,
                EmbeddingActivation = Activation.Relu,
            },
            "'EmbeddingActivation' needs an embedding"
        );
        AssertRefused(fine with { Dropout = 1 }, "'Dropout' is 1");
        AssertRefused(fine with { Dropout = double.NaN }, "'Dropout' is NaN");
        AssertRefused(fine with { VocabularySize = 0 }, "the vocabulary is 0");
        AssertRefused(fine with { Cell = "?" }, "no cell '?'");
    }

    private static long Count(ModelSpec spec) => new ParameterLayout(spec).ParameterCount;
}
