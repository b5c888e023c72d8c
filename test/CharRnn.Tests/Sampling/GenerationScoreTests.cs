using CharRnn.Datasets;
using CharRnn.Networks;
using CharRnn.Sampling;

namespace CharRnn.Tests;

public sealed class GenerationScoreTests
{
    private const int Symbols = 37;

    [Theory]
    [MemberData(nameof(RandomModel.Cells), MemberType = typeof(RandomModel))]
    public void ScoresOfAPrompt_AreThoseOfAnEvaluation_ToTheBit(string cell)
    {
        using var model = RandomModel.Make(cell, layers: 2);
        int[] ids = RandomModel.Ids(90, Symbols);
        var reader = new Nats();
        using (var evaluator = new Evaluator(model) { Reader = reader })
            evaluator.Run(
                SymbolIds.Pack(ids, Symbols),
                new IdRange(0, ids.Length),
                cancellationToken: TestContext.Current.CancellationToken
            );
        var written = Write(model, ids, maxSymbols: 0, likeliest: 0);
        Assert.Equal(ids[1..], written.PromptScores.Select(score => score.Symbol.Id));
        Assert.Equal(reader.All, written.PromptScores.Select(score => -score.Symbol.LogProbability));
        Assert.Equal(GenerationEnd.Length, written.End);
        Assert.Empty(written.Ids);
    }

    [Fact]
    public void TheLikeliest_AreThoseOfALongSort_AndOneThatCameHasItsOwnScore()
    {
        const int count = 6;
        using var model = RandomModel.Make();
        int[] prompt = [3, 1, 4];
        var written = Write(model, prompt, maxSymbols: 12, likeliest: count);
        int[] read = [.. prompt, .. written.Ids];
        using var session = model.NewSession();
        for (int i = 0; i + 1 < read.Length; i++)
        {
            float[] logits = session.Step(read[i]).ToArray();
            double total = Math.Log(logits.Sum(logit => Math.Exp(logit)));
            var score = i + 1 < prompt.Length ? written.PromptScores[i] : written.Scores[i + 1 - prompt.Length];
            Assert.Equal(read[i + 1], score.Symbol.Id);
            Assert.Equal(logits[read[i + 1]] - total, score.Symbol.LogProbability, 1e-5);
            int[] sorted = [.. Enumerable.Range(0, Symbols).OrderByDescending(id => logits[id]).ThenBy(id => id)];
            Assert.Equal(sorted.Take(count), score.Likeliest.Select(each => each.Id));
            Assert.All(score.Likeliest, each => Assert.Equal(logits[each.Id] - total, each.LogProbability, 1e-5));
        }
    }

    [Fact]
    public void ATextWhoseModelHasNoNumbers_FailsAlone_AndItsNeighborsGoOn()
    {
        const int broken = 5;
        using var model = RandomModel.Make();
        var embedding = model.Weights.Layout.Slices.Single(slice => slice.Name == "embedding");
        model.Weights.Matrix(embedding).Row(broken).Fill(float.NaN);
        var (failing, sound) = (new WrittenSymbols(), new WrittenSymbols());
        var options = new SamplingOptions { LogitBias = new Dictionary<int, double> { [broken] = -100 } };
        Generation[] generations =
        [
            new(model, Request([1, broken, 2]), failing),
            new(model, Request([1, 3, 2]), sound),
        ];
        using var batcher = new ContinuousBatcher();
        while (!generations[1].EndIfDone())
        {
            using var turn = batcher.Begin(generations);
            turn.Step();
        }
        Assert.Equal(GenerationEnd.Failed, failing.End);
        Assert.Contains("not a number", failing.Failure!.Message);
        Assert.Equal(new TextGenerator(model).Ids([1, 3, 2], options).Take(9), sound.Ids);

        GenerationRequest Request(int[] prompt) =>
            new()
            {
                Prompt = prompt,
                Options = options,
                MaxSymbols = 9,
            };
    }

    [Fact]
    public void CopyStream_CopiesEveryLayerOfOneStream_AndNothingElse()
    {
        var spec = new ModelSpec
        {
            VocabularySize = 4,
            HiddenSize = 3,
            NumLayers = 2,
        };
        var (from, to) = (Numbered(1), Numbered(100));
        from.CopyStream(2, to, 1);
        var untouched = Numbered(100);
        for (int layer = 0; layer < 2; layer++)
        {
            Assert.Equal(from.Hidden(layer)[6..9].ToArray(), to.Hidden(layer)[3..6].ToArray());
            Assert.Equal(from.Cell(layer)[6..9].ToArray(), to.Cell(layer)[3..6].ToArray());
            Assert.Equal(untouched.Hidden(layer)[..3].ToArray(), to.Hidden(layer)[..3].ToArray());
            Assert.Equal(untouched.Cell(layer)[6..].ToArray(), to.Cell(layer)[6..].ToArray());
        }

        NetworkState Numbered(int first)
        {
            var state = new NetworkState(spec, streams: 3);
            int next = first;
            for (int layer = 0; layer < 2; layer++)
            {
                foreach (ref float value in state.Hidden(layer))
                    value = next++;
                foreach (ref float value in state.Cell(layer))
                    value = next++;
            }
            return state;
        }
    }

    private static WrittenSymbols Write(LanguageModel model, int[] prompt, int maxSymbols, int likeliest)
    {
        var written = new WrittenSymbols();
        var request = new GenerationRequest
        {
            Prompt = prompt,
            Options = new(),
            MaxSymbols = maxSymbols,
            Likeliest = likeliest,
            ScoresPrompt = true,
        };
        var generation = new Generation(model, request, written);
        using var batcher = new ContinuousBatcher();
        while (!generation.EndIfDone())
        {
            using var turn = batcher.Begin([generation]);
            turn.Step();
        }
        return written;
    }

    private sealed class Nats : IScoreReader
    {
        public List<double> All { get; } = [];

        public void Read(int id, bool isCounted, double nats)
        {
            if (isCounted)
                All.Add(nats);
        }
    }
}
