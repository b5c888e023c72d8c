using CharRnn.Datasets;
using CharRnn.Networks;

namespace CharRnn.Tests;

/// <summary>
/// A symbol before which the state begins anew: what came before it counts for nothing, to the last bit.
/// </summary>
public sealed class StateResetTests
{
    private const int Symbols = 37,
        ResetId = 4;

    [Theory]
    [MemberData(nameof(RandomModel.Cells), MemberType = typeof(RandomModel))]
    public void AWindowWithResets_GivesTheBitsOfItsPieces_EachFromZero(string cell)
    {
        using var model = Make(cell);
        int[] ids = [7, 8, ResetId, 9, 10, 11, ResetId, ResetId, 12, 13];
        NetworkState? state = null;

        float[] whole = model.Forward(ids, ids.Length, 1, ref state);

        List<float> pieces = [];
        NetworkState? last = null;
        foreach (int[] piece in new[] { ids[..2], ids[2..6], ids[6..7], ids[7..] })
        {
            last = null;
            pieces.AddRange(model.Forward(piece, piece.Length, 1, ref last));
        }
        Bits.AssertSame([.. pieces], whole, "logits");
        AssertSameState(last!, state!);
    }

    [Theory]
    [MemberData(nameof(RandomModel.Cells), MemberType = typeof(RandomModel))]
    public void ACarriedState_IsForgottenByTheStreamsThatBeginAnew_AndByNoOther(string cell)
    {
        using var model = Make(cell);
        const int Streams = 20;
        NetworkState? carried = null,
            fresh = null;
        model.Forward(RandomModel.Ids(3 * Streams, Symbols), 3, Streams, ref carried);
        int[] ids = [.. Enumerable.Range(0, Streams).Select(stream => stream % 3 == 0 ? ResetId : 5)];
        var before = carried!;

        float[] after = model.Forward(ids, 1, Streams, ref carried);

        float[] fromZero = model.Forward(ids, 1, Streams, ref fresh);
        using var plain = WithoutReset(model);
        float[] goneOn = plain.Forward(ids, 1, Streams, ref before!);
        for (int stream = 0; stream < Streams; stream++)
        {
            var expected = (stream % 3 == 0 ? fromZero : goneOn).AsSpan(stream * Symbols, Symbols);
            Bits.AssertSame(expected, after.AsSpan(stream * Symbols, Symbols), $"stream {stream}");
        }
    }

    [Theory]
    [MemberData(nameof(RandomModel.Cells), MemberType = typeof(RandomModel))]
    public void AWindowWithoutTheSymbol_GivesTheBitsOfANetworkThatKnowsNone(string cell)
    {
        using var model = Make(cell);
        using var plain = WithoutReset(model);
        int[] ids = [.. RandomModel.Ids(6 * 9, Symbols).Select(id => id == ResetId ? 0 : id)];
        NetworkState? state = null,
            plainState = null;

        Bits.AssertSame(plain.Forward(ids, 6, 9, ref plainState), model.Forward(ids, 6, 9, ref state), "logits");
    }

    [Theory]
    [MemberData(nameof(RandomModel.Cells), MemberType = typeof(RandomModel))]
    public void Step_GivesTheBitsOfForward_ForAnyNumberOfThreads(string cell)
    {
        foreach (int hidden in new[] { 13, 264 })
        {
            using var model = Make(cell, hidden);
            foreach (var (steps, streams, threads) in new[] { (9, 1, 1), (9, 7, 1), (9, 7, 3), (4, 50, 2) })
            {
                int[] ids = WithResets(RandomModel.Ids(steps * streams, Symbols));
                NetworkState? state = null;
                float[] logits = model.Forward(ids, steps, streams, ref state);
                using var session = model.NewSession(streams, threads);
                for (int step = 0; step < steps; step++)
                {
                    session.Step(ids.AsSpan(step * streams, streams));
                    for (int stream = 0; stream < streams; stream++)
                        Bits.AssertSame(
                            logits.AsSpan((step * streams + stream) * Symbols, Symbols),
                            session.Logits(stream),
                            $"H={hidden}, B={streams}: step {step}, stream {stream}"
                        );
                }
                AssertSameState(state!, session.CopyState());
            }
        }
    }

    [Fact]
    public void Scoring_ForgetsAtTheSymbol_WhateverTheStreamsAndWindows()
    {
        using var model = Make("lstm");
        // Records that are the same, with the symbol between: each is scored as the first is.
        int[] record = [ResetId, .. RandomModel.Ids(30, Symbols).Where(id => id != ResetId)];
        int[] text = [.. Enumerable.Repeat(record, 7).SelectMany(ids => ids), ResetId];
        using var evaluator = new Evaluator(model);
        var cancellation = TestContext.Current.CancellationToken;
        var one = evaluator.Run(
            SymbolIds.Pack([.. record, ResetId], Symbols),
            new IdRange(0, record.Length + 1),
            cancellationToken: cancellation
        );

        var all = evaluator.Run(
            SymbolIds.Pack(text, Symbols),
            new IdRange(0, text.Length),
            cancellationToken: cancellation
        );

        Assert.Equal(7 * record.Length, all.Characters);
        Assert.Equal(7 * one.TotalNats, all.TotalNats, 1e-9 * all.TotalNats);
        // Seven streams begin with a record each.
        using var several = new Evaluator(model, streams: 7, threads: 2);
        Assert.Equal(
            all.TotalNats,
            several
                .Run(SymbolIds.Pack(text, Symbols), new IdRange(0, text.Length), cancellationToken: cancellation)
                .TotalNats,
            1e-9 * all.TotalNats
        );
    }

    [Fact]
    public void WrittenTexts_AreTheSameSideBySideAndAlone()
    {
        using var model = Make("lstm");
        var options = new SamplingOptions { Seed = 4, Temperature = 1.5 };
        using var batch = new BatchGenerator(model, [ResetId], options, streams: 20, threads: 3);
        int[][] steps = [.. Enumerable.Range(0, 60).Select(_ => batch.Next().ToArray())];

        Assert.Contains(steps, ids => ids.Contains(ResetId));
        foreach (int stream in new[] { 0, 11, 19 })
            Assert.Equal(
                [.. new TextGenerator(model).Ids([ResetId], options, (ulong)stream).Take(60)],
                steps.Select(ids => ids[stream])
            );
    }

    private static LanguageModel Make(string cell, int hidden = 13)
    {
        var spec = new ModelSpec
        {
            Cell = cell,
            VocabularySize = Symbols,
            HiddenSize = hidden,
            NumLayers = 2,
            EmbeddingSize = 5,
            ResetId = ResetId,
        };
        return new LanguageModel(
            spec,
            new Vocabulary(Enumerable.Range(' ', Symbols), TextEncoding.Utf8),
            Initialization.Parse("uniform:0.7"),
            seed: 5
        );
    }

    private static LanguageModel WithoutReset(LanguageModel model)
    {
        var plain = new LanguageModel(model.Spec with { ResetId = null }, model.Vocabulary);
        plain.Weights.CopyFrom(model.Weights);
        return plain;
    }

    private static int[] WithResets(int[] ids) => [.. ids.Select((id, i) => i % 5 is 0 or 3 ? ResetId : id)];

    private static void AssertSameState(NetworkState expected, NetworkState actual)
    {
        for (int layer = 0; layer < expected.Layers; layer++)
        {
            Bits.AssertSame(expected.Hidden(layer), actual.Hidden(layer), $"h of layer {layer}");
            if (expected.HasCell)
                Bits.AssertSame(expected.Cell(layer), actual.Cell(layer), $"c of layer {layer}");
        }
    }
}
