using System.Text.Json;
using CharRnn.Engine;
using CharRnn.Networks;

namespace CharRnn.Cli.Tests;

public sealed class ExplainCommandTests : IDisposable
{
    private readonly TestShell _shell = new();

    public void Dispose() => _shell.Dispose();

    [Fact]
    public void WithoutFlags_ATinyNetworkIsExplainedOnHello()
    {
        var outcome = _shell.Run("explain");
        Assert.Equal(0, outcome.ExitCode);
        Assert.Empty(outcome.Error);
        Assert.StartsWith("ONE TRAINING STEP, NUMBER BY NUMBER", outcome.Output);
        Assert.Contains(
            "of the kind rnn, with 3 hidden units and 40 parameters, reads the text 'hello'",
            outcome.Output.ReplaceLineEndings(" ")
        );
        Assert.Contains("t = 0: reads 'h', should expect 'e'", outcome.Output);
        Assert.Contains("dLogits = p − 1[the character that came]", outcome.Output);
        Assert.Contains("8. How far back the last loss reaches", outcome.Output);
        Assert.Equal(
            outcome.Output,
            _shell
                .Run(
                    "explain",
                    "--text",
                    "hello",
                    "--cell",
                    "rnn",
                    "--hidden-size",
                    "3",
                    "--learning-rate",
                    "0.1",
                    "--seed",
                    "1",
                    "--format",
                    "screen"
                )
                .Output
        );
        Assert.NotEqual(outcome.Output, _shell.Run("explain", "--seed", "2").Output);
    }

    [Fact]
    public void EveryCell_IsExplained()
    {
        foreach (var cell in CellCatalog.All)
        {
            var outcome = _shell.Run(
                "explain",
                "--cell",
                cell.Name,
                "--text",
                "abracadabra",
                "--num-layers",
                "2",
                "--embedding-size",
                "4",
                "--optimizer",
                "adam"
            );
            Assert.Equal(0, outcome.ExitCode);
            Assert.Contains(
                $"of the kind {cell.Name}, with 2 layers of 3 hidden units",
                outcome.Output.ReplaceLineEndings(" ")
            );
            Assert.DoesNotContain("NaN", outcome.Output);
        }
    }

    [Fact]
    public void AStepThatChangesNothing_IsNotBlamed()
    {
        Assert.Contains(
            "the step changed next to nothing.",
            _shell.Run("explain", "--text", "aaa").Output.ReplaceLineEndings(" ")
        );
        Assert.Contains(
            "the step changed next to nothing.",
            _shell.Run("explain", "--learning-rate", "0").Output.ReplaceLineEndings(" ")
        );
        Assert.Contains(
            "the step went too far",
            _shell.Run("explain", "--learning-rate", "1000").Output.ReplaceLineEndings(" ")
        );
    }

    [Fact]
    public void Output_IsAMarkdownFileWhereItsNameSaysSo()
    {
        string path = _shell.Folder.File("lesson.md");
        var outcome = _shell.Run("explain", "-o", path);
        Assert.Equal(0, outcome.ExitCode);
        Assert.Empty(outcome.Output);
        Assert.Contains("written to", outcome.Error);
        string markdown = File.ReadAllText(path);
        Assert.StartsWith("# One training step, number by number\n", markdown);
        Assert.Contains("\n## 3. Forward: read, and expect\n", markdown);
        Assert.Contains("\n| step | reads | should expect |\n|---|---:|---:|\n| t = 0 | 'h' | 'e' |\n", markdown);
        Assert.Equal(markdown, _shell.Run("explain", "--format", "markdown").Output.ReplaceLineEndings("\n"));
        _shell.Run("explain", "-o", path, "--format", "screen");
        Assert.StartsWith("ONE TRAINING STEP", File.ReadAllText(path));
    }

    [Fact]
    public void Json_HoldsTheNumbers()
    {
        var outcome = _shell.Run("explain", "--cell", "lstm", "--json");
        Assert.Equal(0, outcome.ExitCode);
        Assert.Single(outcome.Output.TrimEnd().Split('\n'));
        var json = JsonDocument.Parse(outcome.Output).RootElement;
        Assert.Equal(4, json.GetProperty("steps").GetArrayLength());
        var step = json.GetProperty("steps")[1];
        Assert.Equal(1, step.GetProperty("probabilities").EnumerateArray().Sum(p => p.GetDouble()), 1e-12);
        Assert.Equal(
            -Math.Log(step.GetProperty("probabilities")[step.GetProperty("target").GetInt32()].GetDouble()),
            step.GetProperty("loss").GetDouble(),
            1e-12
        );
        Assert.Equal(3, step.GetProperty("layers")[0].GetProperty("forward").GetProperty("forget").GetArrayLength());
        Assert.Equal(3, step.GetProperty("layers")[0].GetProperty("backward").GetProperty("d_cell").GetArrayLength());
        Assert.True(json.GetProperty("loss_after").GetDouble() < json.GetProperty("loss").GetDouble());
        var tensor = json.GetProperty("tensors")
            .EnumerateArray()
            .Single(tensor => tensor.GetProperty("name").GetString() == "rnn.weight_hh_l0");
        for (int i = 0; i < 36; i++)
        {
            double At(string key) => tensor.GetProperty(key)[i].GetDouble();
            Assert.Equal(At("before") - 0.1 * At("gradient"), At("after"), 1e-6);
        }
        Assert.Equal(4, json.GetProperty("reach")[0].GetArrayLength());
    }

    [Fact]
    public void Model_IsExplainedInPart_AndLeftAsItIs()
    {
        string path = SaveModel(hidden: 64);
        byte[] bytes = File.ReadAllBytes(path);
        var outcome = _shell.Run("explain", "--model", path, "--text", "a dragon");
        Assert.Equal(0, outcome.ExitCode);
        Assert.Contains("of 64 units in each layer 5 are shown", outcome.Output.ReplaceLineEndings(" "));
        Assert.Contains("Of 26 symbols only the likeliest are shown", outcome.Output.ReplaceLineEndings(" "));
        Assert.Contains("U of layer 1 (256 × 64)", outcome.Output);
        Assert.Contains("the 8 that move most of 16,384", outcome.Output);
        Assert.Equal(bytes, File.ReadAllBytes(path));
    }

    [Theory]
    [InlineData("--text a", 2, "--text: the text has 1 character; from 2 to 101 can be explained")]
    [InlineData("--cell tree", 2, "--cell is 'tree'; it needs one of rnn, gru, lstm, linear.")]
    [InlineData("--format html", 2, "--format is 'html'; it needs one of screen, markdown.")]
    [InlineData("--json --format screen", 2, "give one of them")]
    [InlineData("--model nowhere", 3, "nowhere")]
    [InlineData("--model nowhere --hidden-size 3", 2, "--hidden-size is for the tiny network")]
    [InlineData("-o no/such/folder/page.md", 1, "cannot write no/such/folder/page.md")]
    public void WhatCannotBeUsed_IsOneLine(string flags, int code, string expected)
    {
        var outcome = _shell.Run(["explain", .. flags.Split(' ')]);
        Assert.Equal(code, outcome.ExitCode);
        Assert.Contains(expected, outcome.Error);
        Assert.Single(outcome.Error.TrimEnd().Split('\n'));
        Assert.Empty(outcome.Output);
    }

    [Fact]
    public void EmptyText_AndCharactersTheModelDoesNotKnow_AreRefused()
    {
        Assert.Contains("--text is empty", _shell.Run("explain", "--text", "").Error);
        var outcome = _shell.Run("explain", "--model", SaveModel(hidden: 4), "--text", "Smaug");
        Assert.Equal(2, outcome.ExitCode);
        Assert.Contains(
            "--text: 'S' (U+0053), character 1 of the text, is not among the 26 symbols of the model's vocabulary",
            outcome.Error
        );
    }

    private string SaveModel(int hidden)
    {
        var vocabulary = new Vocabulary(
            "abcdefghijklmnopqrstuvw yz".Select(character => (int)character),
            TextEncoding.Utf8
        );
        var spec = new ModelSpec
        {
            Cell = "lstm",
            VocabularySize = vocabulary.Count,
            HiddenSize = hidden,
            NumLayers = 2,
            EmbeddingSize = 16,
            Dropout = 0.2,
        };
        using var model = new LanguageModel(spec, vocabulary);
        model.Save(_shell.Folder.File("model.safetensors"));
        return _shell.Folder.File("model.safetensors");
    }
}
