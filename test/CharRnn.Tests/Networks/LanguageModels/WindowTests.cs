using CharRnn.Engine;
using CharRnn.Explaining;
using CharRnn.Networks;

namespace CharRnn.Tests;

/// <summary>
/// The forward half: one step at a time, a window at a time or with other streams beside, the bits are the same.
/// </summary>
public sealed class WindowTests
{
    private const int Steps = 6,
        Vocabulary = 27;

    public static TheoryData<string, bool> EveryCellAndInput()
    {
        var cases = new TheoryData<string, bool>();
        foreach (var cell in CellCatalog.All)
        foreach (bool embedding in new[] { false, true })
            cases.Add(cell.Name, embedding);
        return cases;
    }

    [Theory]
    [MemberData(nameof(EveryCellAndInput))]
    public void StepByStep_GivesTheBitsOfTheWholeWindow(string cell, bool embedding)
    {
        foreach (int streams in new[] { 1, 7, 17 })
        {
            using var twin = Twin(cell, embedding);
            int[] ids = EngineTwin.Ids(Steps * streams, Vocabulary, seed: 3);
            var (start, _) = twin.NewState(streams);
            using var team = new WorkerTeam(1);
            using var whole = new Window(twin.Layout, twin.Weights, Steps, streams, team);
            using var single = new Window(twin.Layout, twin.Weights, 1, streams, team);
            whole.SetState(start);
            single.SetState(start);

            float[][] expected = Logits(whole, ids);
            float[][] stepped =
            [
                .. Enumerable.Range(0, Steps).SelectMany(t => Logits(single, ids[(t * streams)..((t + 1) * streams)])),
            ];

            for (int row = 0; row < expected.Length; row++)
                Bits.AssertSame(expected[row], stepped[row], $"B={streams}, row {row}");
            AssertSameState(whole.CopyState(), single.CopyState());
        }
    }

    [Theory]
    [MemberData(nameof(EveryCellAndInput))]
    public void AStreamAlone_GivesTheBitsItHasAmongOthers(string cell, bool embedding)
    {
        const int Streams = 17,
            Chosen = 11;
        using var twin = Twin(cell, embedding);
        int[] ids = EngineTwin.Ids(Steps * Streams, Vocabulary, seed: 3);
        using var team = new WorkerTeam(1);
        using var together = new Window(twin.Layout, twin.Weights, Steps, Streams, team);
        using var alone = new Window(twin.Layout, twin.Weights, Steps, 1, team);

        float[][] among = Logits(together, ids);
        float[][] own = Logits(alone, [.. Enumerable.Range(0, Steps).Select(t => ids[t * Streams + Chosen])]);

        for (int t = 0; t < Steps; t++)
            Bits.AssertSame(own[t], among[t * Streams + Chosen], $"step {t}");
    }

    [Fact]
    public void ACopiedState_SetAgain_IsTheSame()
    {
        using var twin = Twin("lstm", embedding: true);
        var (state, _) = twin.NewState(17);
        using var team = new WorkerTeam(1);
        using var window = new Window(twin.Layout, twin.Weights, Steps, 17, team);

        window.SetState(state);

        AssertSameState(state, window.CopyState());
    }

    [Fact]
    public void AStateOfAnotherShape_IsRefusedWithBothShapes()
    {
        using var twin = Twin("lstm", embedding: true);
        using var team = new WorkerTeam(1);
        using var window = new Window(twin.Layout, twin.Weights, Steps, 7, team);
        var refused = Assert.Throws<ArgumentException>(() => window.SetState(new NetworkState(twin.Layout.Spec, 6)));

        Assert.Contains("6 streams", refused.Message);
        Assert.Contains("B=7", refused.Message);
        Assert.Throws<ArgumentException>(() =>
            window.SetState(new NetworkState(twin.Layout.Spec with { Cell = "gru" }, 7))
        );
        Assert.Throws<ArgumentException>(() =>
            window.SetState(new NetworkState(twin.Layout.Spec with { NumLayers = 1 }, 7))
        );
        Assert.Throws<ArgumentException>(() =>
            window.SetState(new NetworkState(twin.Layout.Spec with { HiddenSize = 14 }, 7))
        );
    }

    private static EngineTwin Twin(string cell, bool embedding) =>
        new(
            new ModelSpec
            {
                Cell = cell,
                VocabularySize = Vocabulary,
                HiddenSize = 37,
                NumLayers = 3,
                EmbeddingSize = embedding ? 5 : 0,
                Residual = true,
            }
        );

    /// <summary>
    /// Goes on from the window's state; gives the logits of every position, (T·B) rows of V, numbered t·B + b.
    /// </summary>
    private static float[][] Logits(Window window, int[] ids)
    {
        var tiles = window.Tiles;
        window.SetInputs(ids);
        window.Forward(worker: 0, carryState: true);
        float[][] byRow = new float[tiles.Rows][];
        for (int group = 0; group < window.Head.GroupCount; group++)
        {
            for (int index = 0; index < window.Head.BlockCount(group); index++)
            {
                var block = window.Head.Block(group, index);
                var logits = window.Head.Logits(block);
                for (int i = 0; i < block.Count; i++)
                    byRow[tiles.RowStart(block.Tile) + block.Start + i] = logits.Row(i)[..Vocabulary].ToArray();
            }
        }
        return
        [
            .. Enumerable.Range(0, tiles.Rows).Select(i => byRow[tiles.RowOf(i / tiles.Streams, i % tiles.Streams)]),
        ];
    }

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
