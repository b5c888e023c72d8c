using CharRnn.Networks;

namespace CharRnn.Tests;

public sealed class StepSessionTests
{
    public static TheoryData<string, int, bool, int> Networks =>
        [
            .. from cell in CellCatalog.All
            from layers in new[] { 1, 3 }
            from residual in new[] { false, true }
            from embedding in new[] { 0, 5 }
            where layers > 1 || !residual
            select (cell.Name, layers, residual, embedding),
        ];

    [Theory]
    [MemberData(nameof(Networks))]
    public void Step_GivesTheBitsOfForward(string cell, int layers, bool residual, int embedding)
    {
        foreach (int hidden in new[] { 13, 40 })
        {
            using var model = RandomModel.Make(
                cell,
                hidden: hidden,
                layers: layers,
                embedding: embedding,
                residual: residual
            );
            foreach (var (steps, streams) in new[] { (1, 1), (17, 1), (5, 7), (6, 16), (3, 50) })
                AssertSameBits(model, steps, streams);
        }
    }

    [Theory]
    [MemberData(nameof(Architectures.OfEveryCell), MemberType = typeof(Architectures))]
    public void Step_WithActivationsAndProjections_GivesTheBitsOfForward(string cell, string architecture)
    {
        using var model = RandomModel.MakeIn(architecture, cell);
        foreach (var (steps, streams) in new[] { (1, 1), (17, 1), (5, 7), (3, 50) })
            AssertSameBits(model, steps, streams);
    }

    [Theory]
    [MemberData(nameof(RandomModel.Cells), MemberType = typeof(RandomModel))]
    public void Step_OfALargeLayer_GivesTheBitsOfForward(string cell)
    {
        using var model = RandomModel.Make(cell, hidden: 264, embedding: 16);
        AssertSameBits(model, 4, 1);
        AssertSameBits(model, 3, 50);
    }

    [Theory]
    [InlineData(5000, 0, 6, 1)]
    [InlineData(5000, 5, 6, 1)]
    [InlineData(5000, 5, 4, 9)]
    // So many streams of so many symbols that not all their logits are held at once.
    [InlineData(40000, 5, 2, 64)]
    public void Step_WithALargeVocabulary_GivesTheBitsOfForward(int symbols, int embedding, int steps, int streams)
    {
        using var model = RandomModel.Make(symbols: symbols, hidden: 9, embedding: embedding);
        AssertSameBits(model, steps, streams);
    }

    [Theory]
    [MemberData(nameof(RandomModel.Cells), MemberType = typeof(RandomModel))]
    public void Forward_InTwoWindows_GivesTheBitsOfOne(string cell)
    {
        using var model = RandomModel.Make(cell, layers: 2);
        int[] ids = RandomModel.Ids(11 * 3, 37);
        NetworkState? whole = null,
            parts = null;
        float[] logits = model.Forward(ids, 11, 3, ref whole);
        float[] first = model.Forward(ids.AsSpan(0, 4 * 3), 4, 3, ref parts);
        float[] second = model.Forward(ids.AsSpan(4 * 3), 7, 3, ref parts);
        Assert.Equal(logits, (float[])[.. first, .. second]);
        for (int layer = 0; layer < 2; layer++)
            Assert.Equal(whole!.Hidden(layer).ToArray(), parts!.Hidden(layer).ToArray());
    }

    [Theory]
    [MemberData(nameof(RandomModel.Cells), MemberType = typeof(RandomModel))]
    public void State_CarriesASessionOverIntoAnother(string cell)
    {
        using var model = RandomModel.Make(cell, layers: 2, residual: true);
        using var first = model.NewSession();
        foreach (int id in RandomModel.Ids(9, 37))
            first.Step(id);
        using var second = model.NewSession();
        second.SetState(first.CopyState());
        Assert.Equal(first.Step(8).ToArray(), second.Step(8).ToArray());
    }

    [Theory]
    [MemberData(nameof(RandomModel.Cells), MemberType = typeof(RandomModel))]
    public void Reorder_LetsStreamsGoOnFromOneAnothersStates(string cell)
    {
        const int Streams = 20;
        using var model = RandomModel.Make(cell, layers: 2);
        int[] first = RandomModel.Ids(Streams, 37),
            second = RandomModel.Ids(Streams, 37, seed: 4);
        int[] sources = [.. Enumerable.Range(0, Streams).Select(stream => stream * 7 % 13)];
        using var session = model.NewSession(Streams, threads: 2);
        session.Reorder(sources);
        session.Step(first);
        session.Reorder(sources);
        session.Step(second);
        for (int stream = 0; stream < Streams; stream++)
        {
            using var alone = model.NewSession();
            alone.Step(first[sources[stream]]);
            Assert.Equal(alone.Step(second[stream]).ToArray(), session.Logits(stream).ToArray());
        }
        Assert.Throws<ArgumentException>(() => session.Reorder([0]));
        Assert.Throws<ArgumentOutOfRangeException>(() => session.Reorder([.. Enumerable.Repeat(Streams, Streams)]));
    }

    [Fact]
    public void Reset_StartsAgain()
    {
        using var model = RandomModel.Make();
        using var session = model.NewSession();
        float[] fresh = session.Step(4).ToArray();
        Assert.NotEqual(fresh, session.Step(4).ToArray());
        session.Reset();
        Assert.Equal(fresh, session.Step(4).ToArray());
    }

    [Fact]
    public void Streams_DoNotSeeEachOther()
    {
        using var model = RandomModel.Make();
        using var many = model.NewSession(streams: 20);
        using var one = model.NewSession();
        for (int step = 0; step < 3; step++)
        {
            many.Step([.. Enumerable.Range(0, 20).Select(stream => stream == 13 ? 7 : (stream + step) % 37)]);
            one.Step(7);
        }
        Assert.Equal(one.Logits(0).ToArray(), many.Logits(13).ToArray());
    }

    [Fact]
    public void WhatDoesNotFit_IsRefused()
    {
        using var model = RandomModel.Make();
        using var session = model.NewSession(streams: 2);
        Assert.Throws<ArgumentException>(() => session.Step([1]));
        Assert.Throws<ArgumentOutOfRangeException>(() => session.Step([1, 37]));
        Assert.Throws<ArgumentOutOfRangeException>(() => session.Step([-1, 0]));
        Assert.Throws<ArgumentOutOfRangeException>(() => session.Logits(2).ToArray());
        Assert.Throws<ArgumentOutOfRangeException>(() => model.NewSession(0));
        Assert.Throws<ArgumentException>(() => session.SetState(new NetworkState(model.Spec, 3)));
        NetworkState? state = null;
        Assert.Throws<ArgumentException>(() => model.Forward([1, 2, 3], 2, 2, ref state));
        Assert.Throws<ArgumentOutOfRangeException>(() => model.Forward([], 0, 2, ref state));
        Assert.Throws<ArgumentOutOfRangeException>(() => model.Forward([37], 1, 1, ref state));
    }

    private static void AssertSameBits(LanguageModel model, int steps, int streams)
    {
        int symbols = model.Spec.VocabularySize;
        int[] ids = RandomModel.Ids(steps * streams, symbols);
        NetworkState? state = null;
        float[] logits = model.Forward(ids, steps, streams, ref state);
        Assert.True(logits.Max() - logits.Min() > 0.1f, "a test of equal bits needs logits that differ.");
        using var session = model.NewSession(streams);
        for (int step = 0; step < steps; step++)
        {
            session.Step(ids.AsSpan(step * streams, streams));
            for (int stream = 0; stream < streams; stream++)
            {
                var expected = logits.AsSpan((step * streams + stream) * symbols, symbols);
                Assert.True(
                    expected.SequenceEqual(session.Logits(stream)),
                    $"T={steps}, B={streams}: step {step} of stream {stream} differs."
                );
            }
        }
        var stepped = session.CopyState();
        for (int layer = 0; layer < model.Spec.NumLayers; layer++)
        {
            Assert.Equal(state!.Hidden(layer).ToArray(), stepped.Hidden(layer).ToArray());
            if (state.HasCell)
                Assert.Equal(state.Cell(layer).ToArray(), stepped.Cell(layer).ToArray());
        }
    }
}
