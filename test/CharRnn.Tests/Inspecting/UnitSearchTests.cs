using CharRnn.Datasets;
using CharRnn.Inspecting;

namespace CharRnn.Tests;

public sealed class UnitSearchTests
{
    [Theory]
    [InlineData("quotes", "a \"bc\" d", "00111000")]
    [InlineData("quotes", "don't 'be' so", "0000001110000")]
    [InlineData("brackets", "a(b[c])d]", "011111000")]
    [InlineData("tags", "1 < 2 <b>x", "0000001100")]
    [InlineData("word", "it's 'x'", "11110010")]
    [InlineData("line-start", "ab\ncd", "10010")]
    [InlineData("upper", "aBÉ", "011")]
    [InlineData("digit", "a1", "01")]
    [InlineData("vowel", "béa", "011")]
    [InlineData("space", "a b\n", "0101")]
    [InlineData("line-position", "abc\nde", "012301")]
    [InlineData("word-position", "ab cd", "12012")]
    public void Properties_AreThoseOfTheCharacters(string name, string text, string expected)
    {
        int[] scalars = [.. text.EnumerateRunes().Select(rune => rune.Value)];
        Assert.Equal(expected, string.Concat(Holds(TextProperty.Parse(name, []), scalars)));
    }

    [Fact]
    public void Regex_HoldsWithinItsMatches()
    {
        Assert.Equal("01100", string.Concat(Holds(TextProperty.OfRegex("b+"), [.. "abbca".Select(c => (int)c)])));
        var error = Assert.Throws<SettingsException>(() => TextProperty.OfRegex("(b"));
        Assert.DoesNotContain('\n', error.Message);
    }

    [Fact]
    public void Label_HoldsInTheRecordsThatStandUnderIt()
    {
        var (ids, vocabulary) = Records(["ab", "c", "dee"], [0, 1, 0]);
        var text = InspectedText.Of(ids, new(0, ids.Length), vocabulary);
        var property = TextProperty.Parse("label:Greek", ["Dutch", "Greek"]);
        Assert.Equal("0001100000", string.Concat(text.Values(property)));
        Assert.Throws<SettingsException>(() => TextProperty.Parse("label:Latin", ["Dutch", "Greek"]));
        Assert.Throws<SettingsException>(() => TextProperty.Parse("label:Greek", []));
        Assert.Throws<SettingsException>(() => Holds(property, [1, 2]));
    }

    [Fact]
    public void LabelledRecords_AreLookedAtInARandomOrder_WholeAndUnderTheirLabels()
    {
        string[] texts = [.. Enumerable.Range(0, 200).Select(i => new string((char)('a' + i % 20), 1 + i % 7))];
        int[] labels = [.. Enumerable.Range(0, 200).Select(i => i / 100)];
        var (ids, vocabulary) = Records(texts, labels);
        var (some, all) = (InOrder(150), InOrder(long.MaxValue));
        Assert.InRange(some.Length, 150, 160);
        Assert.Equal(TextOf(some), TextOf(all)[..(int)some.Length]);
        string[] read = TextOf(all).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(texts.Order(StringComparer.Ordinal), read.Order(StringComparer.Ordinal));
        int[] under = LabelsOf(some);
        Assert.InRange(under[..^1].Sum(), 40, 110);
        Assert.InRange(LabelsOf(all).Sum() - LabelsOf(ids).Sum(), -1, 1);

        SymbolIds InOrder(long count) =>
            ModelText.InRandomOrder(ids, new(0, ids.Length), vocabulary.BoundaryId!.Value, count);
        string TextOf(SymbolIds each)
        {
            int[] numbers = new int[each.Length];
            each.CopyTo(0, numbers);
            return vocabulary.Decode(numbers);
        }
        static int[] LabelsOf(SymbolIds each)
        {
            int[] numbers = new int[each.Length];
            each.Labels!.CopyTo(0, numbers);
            return numbers;
        }
    }

    [Fact]
    public void Search_IsDeterministic_AndRanksUnitsByTheirScore()
    {
        using var model = RandomModel.Make("lstm", layers: 2);
        int[] read = RandomModel.Ids(2000, 37);
        var ids = SymbolIds.Pack(read, 37);
        var property = TextProperty.Parse("digit", []);
        var (first, again) = (Search(), Search());
        Assert.Equal(first.Best, again.Best);
        Assert.Equal(first.Untrained, again.Untrained);
        Assert.Equal(20, first.Best.Count);
        Assert.Equal(first.Best.OrderByDescending(unit => unit.Score), first.Best);
        Assert.All(first.Best, unit => Assert.InRange(unit.Score, 0.5, 1));
        Assert.All(first.Best, unit => Assert.InRange(unit.Accuracy!.Value, 0, 1));

        UnitSearchResult Search() =>
            UnitSearch.Run(
                model,
                ids,
                new IdRange(0, ids.Length),
                property,
                cancellationToken: TestContext.Current.CancellationToken
            );
    }

    [Fact]
    public void Search_OfWhatNeverHolds_IsRefused()
    {
        using var model = RandomModel.Make();
        var ids = SymbolIds.Pack(RandomModel.Ids(100, 37), 37);
        var error = Assert.Throws<SettingsException>(() =>
            UnitSearch.Run(
                model,
                ids,
                new IdRange(0, 100),
                TextProperty.OfRegex("zzz"),
                cancellationToken: TestContext.Current.CancellationToken
            )
        );
        Assert.Contains("first half", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void SeveralProperties_AreScoredAsEachAloneIs_AndOneThatNeverHoldsIsRefused()
    {
        using var model = RandomModel.Make("lstm", layers: 2);
        var ids = SymbolIds.Pack(RandomModel.Ids(700, 37), 37);
        var range = new IdRange(50, 601);
        var token = TestContext.Current.CancellationToken;
        TextProperty[] properties =
        [
            TextProperty.Parse("word-position", []),
            TextProperty.OfRegex("zzz"),
            TextProperty.Parse("digit", []),
        ];
        var signals = UnitSignal.Of(model.Spec);

        var outcomes = UnitSearch.Run(model, ids, range, properties, signals, count: 7, cancellationToken: token);

        Assert.Equal(properties, outcomes.Select(outcome => outcome.Property));
        Assert.Null(outcomes[1].Result);
        Assert.Contains("first half", outcomes[1].Refusal, StringComparison.Ordinal);
        foreach (int i in (int[])[0, 2])
        {
            var alone = UnitSearch.Run(model, ids, range, properties[i], signals, count: 7, cancellationToken: token);
            Assert.Null(outcomes[i].Refusal);
            Assert.Equal(alone.Best, outcomes[i].Result!.Best);
            Assert.Equal(alone.Untrained, outcomes[i].Result!.Untrained);
        }
        // Each score is that of the pairs, counted one by one.
        float[] holds = InspectedText.Of(ids, range, model.Vocabulary).Values(properties[2]);
        var best = outcomes[2].Result!.Best[0];
        float[] traces = UnitTraces.Of(model, ids, range, [best.Unit], cancellationToken: token).Values[0];
        Assert.Equal(best.Score, InDirection(CountedAuc(traces[..300], holds[..300]), best.IsPositive), 12);
        Assert.Equal(best.SecondScore, InDirection(CountedAuc(traces[300..], holds[300..]), best.IsPositive), 12);

        static double InDirection(double auc, bool isPositive) => isPositive ? auc : 1 - auc;
    }

    [Fact]
    public void AUnitThatIsOnInsideBracketsAlone_IsFoundFirst_AndForASpanOfThem()
    {
        using var model = WithBracketUnit(unit: 5);
        string text = Bracketed(1500);
        var ids = SymbolIds.Pack(model.Vocabulary.Encode(text), model.Vocabulary.Count);
        var range = new IdRange(0, ids.Length);
        var token = TestContext.Current.CancellationToken;

        var found = UnitSearch.Run(model, ids, range, TextProperty.Parse("brackets", []), cancellationToken: token);

        Assert.Equal(new UnitId(0, 5, UnitSignal.Hidden), found.Best[0].Unit);
        Assert.Equal((1.0, 1.0, true), (found.Best[0].Score, found.Best[0].SecondScore, found.Best[0].IsPositive));
        Assert.Equal(1, found.Best[0].Accuracy);
        Assert.True(found.Untrained.SecondScore < 1);

        int start = text.IndexOf('(', 700),
            end = text.IndexOf(')', start);
        var matches = SpanMatch.Find(
            model,
            ids,
            range,
            new IdRange(start, end - start),
            0.5f,
            cancellationToken: token
        );
        Assert.Contains(matches, match => match.Unit == found.Best[0].Unit && match.IsPositive);
        // One character more is no span of it.
        matches = SpanMatch.Find(
            model,
            ids,
            range,
            new IdRange(start, end - start + 1),
            0.5f,
            cancellationToken: token
        );
        Assert.DoesNotContain(matches, match => match.Unit == found.Best[0].Unit);
    }

    [Fact]
    public void ATrainedNetwork_HasAUnitForThePlaceInTheLine_ThatAnUntrainedOneLacks()
    {
        var token = TestContext.Current.CancellationToken;
        using var corpus = Corpus.FromText(
            "small",
            SmallText.Of(20_000),
            new CorpusOptions { CancellationToken = token }
        );
        using var trainer = Trainer.Start(
            corpus,
            new TrainingSettings
            {
                HiddenSize = 32,
                NumLayers = 1,
                SeqLength = 40,
                BatchSize = 8,
                MaxSteps = 250,
                SampleEvery = Cadence.Never,
            }
        );
        trainer.Run(cancellationToken: token);
        var found = UnitSearch.Run(
            trainer.Model,
            corpus.Ids,
            new IdRange(0, 6000),
            TextProperty.Parse("word-position", []),
            cancellationToken: token
        );
        Assert.True(
            found.Best[0].SecondScore > found.Untrained.SecondScore + 0.05,
            $"trained {found.Best[0].SecondScore:F3}, untrained {found.Untrained.SecondScore:F3}"
        );
    }

    /// <summary>
    /// A random network of which one unit is planted: "(" switches it on, ")" off, and its own weight keeps it there.
    /// </summary>
    private static LanguageModel WithBracketUnit(int unit)
    {
        const float strong = 6,
            keeping = 3;
        var spec = new ModelSpec
        {
            Cell = "rnn",
            VocabularySize = 95,
            HiddenSize = 12,
            EmbeddingSize = 0,
        };
        var model = RandomModel.Make(spec);
        foreach (var tensor in model.Layout.Tensors.Where(tensor => tensor.Name.StartsWith("rnn.")))
        {
            float[] values = tensor.CopyFrom(model.Weights);
            int width = values.Length / spec.HiddenSize;
            var row = values.AsSpan(unit * width, width);
            row.Clear();
            if (tensor.Name == "rnn.weight_ih_l0")
                (row['(' - ' '], row[')' - ' ']) = (strong, -strong);
            else if (tensor.Name == "rnn.weight_hh_l0")
                row[unit] = keeping;
            tensor.CopyTo(values, model.Weights);
        }
        return model;
    }

    private static float[] Holds(TextProperty property, int[] scalars) =>
        new InspectedText(scalars, [.. scalars.Index().Select(each => each.Index)]).Values(property);

    private static (SymbolIds Ids, Vocabulary Vocabulary) Records(string[] texts, int[] labels)
    {
        var symbols = texts.SelectMany(text => text.Select(c => (int)c)).Append(Vocabulary.BoundarySymbol);
        var vocabulary = new Vocabulary(symbols.ToHashSet(), TextEncoding.Utf8);
        var packer = new RecordPacker(vocabulary.BoundaryId!.Value);
        foreach (var (text, label) in texts.Zip(labels))
            packer.Add(vocabulary.Encode(text), label);
        return (packer.Pack(vocabulary.Count, labels.Max() + 1), vocabulary);
    }

    private static double CountedAuc(float[] values, float[] holds)
    {
        double above = 0;
        long pairs = 0;
        for (int i = 0; i < values.Length; i++)
        {
            for (int j = 0; j < values.Length && holds[i] > 0; j++)
            {
                if (holds[j] > 0)
                    continue;
                pairs++;
                above +=
                    values[i] > values[j] ? 1
                    : values[i] < values[j] ? 0
                    : 0.5;
            }
        }
        return above / pairs;
    }

    private static string Bracketed(int length)
    {
        var random = new Random(4);
        var text = new System.Text.StringBuilder();
        while (text.Length < length)
        {
            Letters(random.Next(1, 20));
            text.Append('(');
            Letters(random.Next(1, 9));
            text.Append(')');
        }
        return text.ToString();

        void Letters(int count)
        {
            for (int i = 0; i < count; i++)
                text.Append((char)random.Next('a', 'z' + 1));
        }
    }
}
