using System.Globalization;
using System.Text.RegularExpressions;
using CharRnn.Engine;
using CharRnn.Explaining;
using CharRnn.Networks;

namespace CharRnn.Tests;

/// <summary>Every number of an explanation against the reference, as it is computed and as it is printed.</summary>
public sealed partial class ExplainerTests
{
    private const double Tolerance = 2e-6;

    // Four decimals: numbers that are almost the same may be rounded apart.
    private const double LastDigit = 1.0001e-4;

    public static TheoryData<string, int, int, string> Cases()
    {
        var cases = new TheoryData<string, int, int, string>();
        foreach (var cell in CellCatalog.All)
        {
            cases.Add(cell.Name, 1, 0, "sgd");
            cases.Add(cell.Name, 1, 4, "adagrad");
            cases.Add(cell.Name, 2, 0, "adam");
            cases.Add(cell.Name, 2, 2, "rmsprop");
        }
        return cases;
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void EveryNumberShown_IsTheReferences(string cell, int layers, int embedding, string optimizer) =>
        AssertIsTheReferences("hello", Tiny("hello", cell, hidden: 3, layers, embedding), optimizer);

    [Theory]
    [InlineData("rnn")]
    [InlineData("gru")]
    [InlineData("lstm")]
    public void EveryNumberShown_OfANetworkTooLargeForAPage_IsTheReferences(string cell) =>
        AssertIsTheReferences(
            "a dragon, and its hoard",
            Tiny(
                "the quick brown fox jumps over a lazy dragon, and its hoard",
                cell,
                hidden: 37,
                layers: 2,
                embedding: 11
            ),
            "sgd"
        );

    [Theory]
    [InlineData("hi")]
    [InlineData("aaaa")]
    [InlineData("a\n|*`🐉")]
    public void AnyTextOfTwoCharacters_IsExplained(string text) =>
        AssertIsTheReferences(text, Tiny(text, "gru", hidden: 3, layers: 1, embedding: 0), "sgd");

    [Theory]
    [MemberData(nameof(Architectures.OfEveryCell), MemberType = typeof(Architectures))]
    public void OfEveryArchitecture_LossAndGradientsAreTheReferences_AndThePageSaysWhatEachNumberIs(
        string cell,
        string architecture
    )
    {
        const double Rate = 0.05;
        using var model = RandomModel.MakeIn(architecture, cell, hidden: 5);
        if (model.Spec.ConditionOnFirstSymbol)
        {
            Assert.Contains(
                "given the starts of records",
                Assert.Throws<ModelException>(() => Explainer.Explain(model, "A#B##C8B", new(), Rate)).Message
            );
            return;
        }
        int[] ids = model.Encode("A#B##C8B");
        var explanation = Explainer.Explain(model, "A#B##C8B", new OptimizerSettings { Name = "sgd" }, Rate);

        var reference = EngineTwin.ReferenceOf(model.Spec);
        foreach (var tensor in model.Layout.Tensors)
            Array
                .ConvertAll(tensor.CopyFrom(model.Weights), value => (double)value)
                .CopyTo(EngineTwin.PlaceOf(reference.Parameters, tensor));
        var expected = reference.Run(ids[..^1], ids[1..], ids.Length - 1, 1, reference.NewState(1), lossScale: 1);
        AssertClose([expected.Loss], [explanation.Loss], "loss");
        AssertClose(expected.Logits, [.. explanation.Steps.SelectMany(step => step.Logits)], "logits");
        foreach (var (tensor, explained) in model.Layout.Tensors.Zip(explanation.Tensors))
        {
            double[] gradient = EngineTwin.OfTensor(expected.Gradients, tensor);
            AssertClose(gradient, explained.Gradient, $"gradient of {tensor.Name}");
            AssertClose(
                [.. explained.Before.Zip(gradient, (before, slope) => before - Rate * slope)],
                explained.After,
                $"{tensor.Name} after"
            );
        }
        string page = Rendered(explanation, ScreenLayout.Write);
        Assert.DoesNotContain("weight_l", page);
        Assert.DoesNotContain("row 0", page);
    }

    [Theory]
    [InlineData("rnn")]
    [InlineData("gru")]
    [InlineData("lstm")]
    public void WhereTheStateBeginsAnew_NothingComesFromBefore_AndNothingGoesBack(string cell)
    {
        using var model = RandomModel.MakeIn(Architectures.Everything, cell, hidden: 5);
        var explanation = Explainer.Explain(model, "A#B##C8B", new OptimizerSettings { Name = "sgd" }, 0.05);
        bool[] resets = explanation.Steps.Select(step => step.Input == model.Spec.ResetId).ToArray();
        Assert.Equal(3, resets.Count(isReset => isReset));
        for (int t = 1; t < resets.Length; t++)
        {
            foreach (var (before, after) in explanation.Steps[t - 1].Layers.Zip(explanation.Steps[t].Layers))
            {
                foreach (string key in cell == "lstm" ? ["hidden_before", "cell_before"] : new[] { "hidden_before" })
                    Assert.Equal(
                        resets[t],
                        after.Forward.Single(row => row.Key == key).Values.All(value => value == 0)
                    );
                foreach (
                    string key in cell == "lstm"
                        ? ["d_hidden_from_later", "d_cell_from_later"]
                        : new[] { "d_hidden_from_later" }
                )
                    Assert.Equal(
                        resets[t],
                        before.Backward.Single(row => row.Key == key).Values.All(value => value == 0)
                    );
            }
        }
    }

    [Fact]
    public void Explain_LeavesTheModelAsItIs_AndDropoutOut()
    {
        using var model = Tiny("hello", "lstm", hidden: 5, layers: 2, embedding: 4);
        using var dropping = new LanguageModel(
            model.Spec with
            {
                Dropout = 0.5,
                OutputDropout = 0.5,
            },
            model.Vocabulary,
            seed: 7
        );
        var explanation = Explainer.Explain(model, "hello", new OptimizerSettings { Name = "adam" }, 0.1);
        float[][] before = [.. dropping.Layout.Tensors.Select(tensor => tensor.CopyFrom(dropping.Weights))];
        var withoutDropout = Explainer.Explain(dropping, "hello", new OptimizerSettings { Name = "adam" }, 0.1);

        Assert.Equal(before, dropping.Layout.Tensors.Select(tensor => tensor.CopyFrom(dropping.Weights)));
        Assert.Equal(Rendered(explanation, ScreenLayout.Write), Rendered(withoutDropout, ScreenLayout.Write));
    }

    [Theory]
    [InlineData("h", "from 2 to 101")]
    [InlineData("hex", "'x' (U+0078), character 3 of the text")]
    public void TextsThatCannotBeExplained_AreRefused(string text, string reason)
    {
        using var model = Tiny("hello", "rnn", hidden: 3, layers: 1, embedding: 0);
        Assert.Contains(
            reason,
            Assert.Throws<SettingsException>(() => Explainer.Explain(model, text, new(), 0.1)).Message
        );
    }

    [Fact]
    public void TextsTooLong_AreRefused()
    {
        using var model = Tiny("hello", "rnn", hidden: 3, layers: 1, embedding: 0);
        _ = Explainer.Explain(model, new string('l', Explainer.MaxCharacters), new(), 0.1);
        Assert.Throws<SettingsException>(() =>
            Explainer.Explain(model, new string('l', Explainer.MaxCharacters + 1), new(), 0.1)
        );
    }

    [Fact]
    public void EveryCell_HasItsEquations() =>
        Assert.All(CellCatalog.All, cell => Assert.Equal(cell.Gates, CellEquations.Of(cell.Name).Gates.Count));

    [Theory]
    [InlineData("rnn", 3, 1, 0)]
    [InlineData("lstm", 40, 2, 16)]
    [InlineData("gru", 7, 1, 0)]
    public void Screen_IsAHundredColumnsWide(string cell, int hidden, int layers, int embedding)
    {
        using var model = Tiny("a brown dragon", cell, hidden, layers, embedding);
        string screen = Rendered(
            Explainer.Explain(model, "a brown dragon", new() { Name = "adam" }, 0.01),
            ScreenLayout.Write
        );
        Assert.All(screen.Split('\n'), line => Assert.InRange(new StringInfo(line).LengthInTextElements, 0, 100));
    }

    [Fact]
    public void Markdown_EscapesWhatItWouldActOn()
    {
        using var model = Tiny("|*`<", "rnn", hidden: 3, layers: 1, embedding: 0);
        string page = Rendered(Explainer.Explain(model, "|*`<", new() { Name = "sgd" }, 0.01), MarkdownLayout.Write);
        Assert.Contains(@"| character | '\*' | '\<' | '\`' | '\|' |", page);
    }

    private static LanguageModel Tiny(string alphabet, string cell, int hidden, int layers, int embedding)
    {
        var vocabulary = new Vocabulary(
            alphabet.EnumerateRunes().Select(rune => rune.Value).Distinct(),
            TextEncoding.Utf8
        );
        var spec = new ModelSpec
        {
            Cell = cell,
            VocabularySize = vocabulary.Count,
            HiddenSize = hidden,
            NumLayers = layers,
            EmbeddingSize = embedding,
        };
        return new LanguageModel(spec, vocabulary, seed: 7);
    }

    private static void AssertIsTheReferences(string text, LanguageModel model, string optimizer)
    {
        using var used = model;
        var engine = Explainer.Explain(model, text, new OptimizerSettings { Name = optimizer }, 0.05);
        var reference = ReferenceTrainingStep.TwinOf(engine, model, text);

        foreach (
            var (expected, actual) in Values(reference).Zip(Values(engine), (expected, actual) => (expected, actual))
        )
        {
            // The first step of Adam and its like is all but the sign of a gradient: where that is nothing but
            // rounding, so is the step.
            AssertClose(
                expected.Values,
                actual.Values,
                expected.Name,
                expected.Name.EndsWith("after") && optimizer != "sgd" ? 1e-4 : Tolerance
            );
        }
        AssertPrintedAlike(reference, engine, ScreenLayout.Write);
        AssertPrintedAlike(reference, engine, MarkdownLayout.Write);
    }

    private static void AssertClose(double[] expected, double[] actual, string what, double tolerance = Tolerance)
    {
        Assert.Equal(expected.Length, actual.Length);
        double scale = Math.Max(1, expected.Select(Math.Abs).DefaultIfEmpty().Max());
        double difference = expected.Zip(actual, (a, b) => Math.Abs(a - b)).DefaultIfEmpty().Max();
        Assert.True(difference <= tolerance * scale, $"{what} differs by {difference:E2}");
    }

    private static void AssertPrintedAlike(
        Explanation reference,
        Explanation engine,
        Action<TextWriter, IEnumerable<PageBlock>> layout
    )
    {
        string expected = Rendered(reference, layout),
            actual = Rendered(engine, layout);
        Assert.Equal(
            Blanks().Replace(Number().Replace(expected, "#"), " "),
            Blanks().Replace(Number().Replace(actual, "#"), " ")
        );
        foreach (var (a, b) in Number().Matches(expected).Zip(Number().Matches(actual)))
        {
            double printed = double.Parse(b.Value, CultureInfo.InvariantCulture),
                referred = double.Parse(a.Value, CultureInfo.InvariantCulture);
            Assert.True(
                Math.Abs(printed - referred) <= LastDigit,
                $"{b.Value} is printed where the reference has {a.Value}: "
                    + $"…{actual[Math.Max(0, b.Index - 200)..(b.Index + b.Length)]}"
            );
        }
    }

    private static string Rendered(Explanation explanation, Action<TextWriter, IEnumerable<PageBlock>> layout)
    {
        using var writer = new StringWriter();
        layout(writer, Walkthrough.Of(explanation));
        return writer.ToString();
    }

    private static IEnumerable<(string Name, double[] Values)> Values(Explanation explanation)
    {
        yield return ("loss", [explanation.Loss]);
        foreach (var tensor in explanation.Tensors)
        {
            yield return ($"{tensor.Name} before", tensor.Before);
            yield return ($"{tensor.Name} gradient", tensor.Gradient);
            yield return ($"{tensor.Name} after", tensor.After);
        }
        foreach (var (step, t) in explanation.Steps.Select((step, t) => (step, t)))
        {
            yield return ($"logits at {t}", step.Logits);
            yield return ($"probabilities at {t}", step.Probabilities);
            yield return ($"dLogits at {t}", step.DLogits);
            yield return ($"loss at {t}", [step.Loss]);
            foreach (var (layer, k) in step.Layers.Select((layer, k) => (layer, k)))
            {
                foreach (var row in layer.Forward.Concat(layer.Backward))
                    yield return ($"{row.Key} of layer {k} at {t}", row.Values);
            }
        }
        foreach (double[] reach in explanation.Reach)
            yield return ("reach", reach);
    }

    [GeneratedRegex(@"-?\d[\d,]*(\.\d+)?(e-\d+)?")]
    private static partial Regex Number();

    [GeneratedRegex(" +")]
    private static partial Regex Blanks();
}
