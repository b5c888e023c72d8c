using CharRnn.Networks;

namespace CharRnn.Tests;

public sealed class BeamSearchTests
{
    private const int Symbols = 4;
    private static readonly int[] Prompt = [2, 0];

    [Theory]
    [MemberData(nameof(RandomModel.Cells), MemberType = typeof(RandomModel))]
    public void WithRoomForAllBeginnings_ItFindsWhatTryingEveryTextFinds(string cell)
    {
        const int Length = 4;
        using var model = RandomModel.Make(cell, symbols: Symbols, layers: 2);
        var all = AllTexts(model, Length).OrderBy(text => text.Nats).ToList();

        var found = Find(model, beams: 64, Length);

        Assert.Equal(64, found.Count);
        for (int i = 0; i < found.Count; i++)
        {
            Assert.Equal(all[i].Nats, found[i].TotalNats, 1e-5);
            Assert.Equal(found[i].TotalNats, NatsOf(model, [.. found[i].Ids]), 1e-5);
            Assert.Equal((Length, Length, false), (found[i].Ids.Count, found[i].Scored, found[i].HasEnded));
        }
        Assert.Equal(all[0].Ids, found[0].Ids);
        Assert.Equal(found[0].TotalNats / Length, found[0].MeanNats);
    }

    [Fact]
    public void WithAStop_TextsThatEndEarlyCompeteWithLongerOnes_AsInATrialOfAll()
    {
        const int Length = 5,
            Stop = 3;
        using var model = RandomModel.Make(symbols: Symbols);
        var all = AllTexts(model, Length, Stop).OrderBy(text => text.Nats).Take(20).ToList();

        var found = Find(model, beams: 400, Length, [Stop]).Take(20).ToList();

        for (int i = 0; i < all.Count; i++)
        {
            bool ended = all[i].Ids[^1] == Stop;
            Assert.Equal(all[i].Nats, found[i].TotalNats, 1e-5);
            Assert.Equal(ended ? all[i].Ids[..^1] : all[i].Ids, found[i].Ids);
            Assert.Equal((ended, all[i].Ids.Length), (found[i].HasEnded, found[i].Scored));
        }
        Assert.Contains(found, text => text.HasEnded);
        Assert.Contains(found, text => !text.HasEnded);
    }

    [Fact]
    public void OneBeam_TakesTheLikeliestSymbolEachTime()
    {
        using var model = RandomModel.Make();
        int[] greedy = [.. new TextGenerator(model).Ids(Prompt, new() { Temperature = 0 }).Take(30)];
        Assert.Equal(greedy, Find(model, beams: 1, length: 30).Single().Ids);
    }

    [Fact]
    public void TheTextsAreTheSame_ForAnyNumberOfThreads()
    {
        using var model = RandomModel.Make(layers: 2);
        var once = Search(1);
        Assert.Equal(once, Search(2));
        Assert.Equal(once, Search(3));

        (string, double)[] Search(int threads) =>
            [
                .. Find(model, beams: 30, length: 20, threads: threads)
                    .Select(text => (string.Join(' ', text.Ids), text.TotalNats)),
            ];
    }

    [Fact]
    public void MoreBeams_FindATextAtLeastAsLikelyAsTheGreedyOne()
    {
        using var model = RandomModel.Make();
        double greedy = Find(model, beams: 1, length: 12)[0].TotalNats;
        Assert.True(Find(model, beams: 200, length: 12)[0].TotalNats <= greedy + 1e-9);
    }

    [Fact]
    public void WhenEveryTextHasEnded_TheSearchDoesTooHoweverLongTextsMayBe()
    {
        using var model = RandomModel.Make(symbols: Symbols);
        int likeliest = Find(model, beams: 1, length: 1)[0].Ids[0];
        var found = Find(model, beams: 1, length: int.MaxValue, [likeliest]).Single();
        Assert.Equal((0, 1, true), (found.Ids.Count, found.Scored, found.HasEnded));
    }

    [Fact]
    public void NumbersOutOfRange_AndDamagedWeights_AreRefused()
    {
        using var model = RandomModel.Make();
        Assert.Contains("'Beams'", Assert.Throws<SettingsException>(() => Find(model, beams: 0, length: 1)).Message);
        Assert.Contains("'Length'", Assert.Throws<SettingsException>(() => Find(model, beams: 1, length: 0)).Message);
        foreach (var tensor in model.Layout.Tensors.Where(tensor => tensor.Name == "head.bias"))
            tensor.CopyTo([.. Enumerable.Repeat(float.NaN, tensor.Count)], model.Weights);
        Assert.Contains(
            "not a number",
            Assert.Throws<ModelException>(() => Find(model, beams: 20, length: 3, threads: 2)).Message
        );
    }

    private static IReadOnlyList<BeamText> Find(
        LanguageModel model,
        int beams,
        int length,
        int[]? stop = null,
        int threads = 1
    ) => new BeamSearch(model).Run(Prompt, beams, length, stop, threads, TestContext.Current.CancellationToken);

    /// <summary>Every text of that length, and with a stop every shorter one that ends with it.</summary>
    private static List<(int[] Ids, double Nats)> AllTexts(LanguageModel model, int length, int? stop = null)
    {
        var texts = new List<(int[], double)>();
        Extend([]);
        return texts;

        void Extend(int[] ids)
        {
            if (ids.Length == length || (ids.Length > 0 && ids[^1] == stop))
            {
                texts.Add((ids, NatsOf(model, ids)));
                return;
            }
            for (int id = 0; id < Symbols; id++)
                Extend([.. ids, id]);
        }
    }

    /// <summary>−ln p of a text after the prompt, from whole windows and in double.</summary>
    private static double NatsOf(LanguageModel model, int[] ids)
    {
        int[] read = [.. Prompt, .. ids];
        NetworkState? state = null;
        float[] logits = model.Forward(read, read.Length, 1, ref state);
        double nats = 0;
        for (int i = 0; i < ids.Length; i++)
        {
            float[] row = logits
                .AsSpan((Prompt.Length - 1 + i) * model.Vocabulary.Count, model.Vocabulary.Count)
                .ToArray();
            nats += Math.Log(row.Sum(logit => Math.Exp(logit))) - row[ids[i]];
        }
        return nats;
    }
}
