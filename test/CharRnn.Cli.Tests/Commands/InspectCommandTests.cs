using System.Text.Json;
using CharRnn.Engine;
using CharRnn.Networks;

namespace CharRnn.Cli.Tests;

public sealed class InspectCommandTests : IDisposable
{
    private readonly TestShell _shell = new();

    public void Dispose() => _shell.Dispose();

    private string Save(string symbols, TextEncoding encoding = TextEncoding.Utf8, string cell = "gru")
    {
        var vocabulary = new Vocabulary(symbols.EnumerateRunes().Select(rune => rune.Value), encoding);
        var spec = new ModelSpec
        {
            Cell = cell,
            VocabularySize = vocabulary.Count,
            HiddenSize = 5,
            NumLayers = 2,
            EmbeddingSize = 3,
            Residual = true,
            Dropout = 0.25,
            OutputDropout = 0.5,
        };
        using var model = new LanguageModel(spec, vocabulary)
        {
            Provenance = new Dictionary<string, string>
            {
                ["command"] = "charrnn train \e[31m[x]",
                ["corpus"] = "łódź",
            },
        };
        model.Save(_shell.Folder.File("model.safetensors"));
        return _shell.Folder.File("model.safetensors");
    }

    [Fact]
    public void Screen_ShowsNetworkVocabularyOriginAndParameters()
    {
        var outcome = _shell.Run("inspect", Save("\n\tab é\u0301\u00A0\u202E🐉\\"));
        Assert.Equal(0, outcome.ExitCode);
        Assert.Empty(outcome.Error);
        string[] lines = outcome.Output.ReplaceLineEndings("\n").Split('\n');
        Assert.Contains("cell            gru", lines);
        Assert.Contains("hidden size     5", lines);
        Assert.Contains("layers          2", lines);
        Assert.Contains("embedding       3", lines);
        Assert.Contains("residual        yes", lines);
        Assert.Contains("dropout         0.25", lines);
        Assert.Contains("output dropout  0.5", lines);
        Assert.Contains(@"vocabulary      11 characters: \t\n \ab\u{00A0}é\u{0301}\u{202E}🐉", lines);
        Assert.Contains(@"command         charrnn train \x1B[31m[x]", lines);
        Assert.Contains("corpus          łódź", lines);
        Assert.Contains("embedding.weight  (11, 3)     33", lines);
        Assert.Contains("rnn.weight_hh_l1  (15, 5)     75", lines);
        Assert.Contains("rnn.bias_hn_l0    (5)          5", lines);
        // By hand: embedding 33; layers 15·3 + 15·5 + 15 + 5 and 15·5 + 15·5 + 15 + 5; head 11·5 + 11.
        Assert.Contains("all                          409", lines);
    }

    [Fact]
    public void Json_HoldsTheSameOnOneLine()
    {
        string path = Save("ba\n", cell: "lstm");
        var outcome = _shell.Run("inspect", path, "--json");
        Assert.Equal(0, outcome.ExitCode);
        Assert.Single(outcome.Output.TrimEnd().Split('\n'));
        var json = JsonDocument.Parse(outcome.Output).RootElement;
        Assert.Equal(path, json.GetProperty("file").GetString());
        Assert.Equal(new FileInfo(path).Length, json.GetProperty("bytes").GetInt64());
        Assert.Equal("lstm", json.GetProperty("cell").GetString());
        Assert.True(json.GetProperty("residual").GetBoolean());
        Assert.Equal([10, 97, 98], json.GetProperty("vocabulary").EnumerateArray().Select(symbol => symbol.GetInt32()));
        Assert.Equal("łódź", json.GetProperty("provenance").GetProperty("corpus").GetString());
        var tensors = json.GetProperty("tensors").EnumerateArray().ToList();
        Assert.Equal(
            json.GetProperty("params").GetInt64(),
            tensors.Sum(tensor => tensor.GetProperty("count").GetInt64())
        );
        Assert.Contains(
            tensors,
            tensor =>
                tensor.GetProperty("name").GetString() == "rnn.weight_ih_l0"
                && tensor.GetProperty("shape").GetRawText() == "[20,3]"
        );
    }

    [Fact]
    public void ActivationsAndProjections_AreShownWhereThereAreAny()
    {
        const string label = "head activation";
        Assert.DoesNotContain(label, _shell.Run("inspect", Save("ba")).Output);
        var plain = JsonDocument.Parse(_shell.Run("inspect", Save("ba"), "--json").Output).RootElement;
        Assert.Equal(("none", "none", 0), Extras(plain));

        string path = _shell.Folder.File("projected.safetensors");
        var spec = new ModelSpec
        {
            VocabularySize = 2,
            HiddenSize = 5,
            EmbeddingSize = 3,
            EmbeddingActivation = Activation.Tanh,
            HeadActivation = Activation.Relu,
            ProjectionSize = 4,
        };
        using (
            var model = new LanguageModel(spec, new Vocabulary("ab".Select(symbol => (int)symbol), TextEncoding.Utf8))
        )
            model.Save(path);
        string[] lines = _shell.Run("inspect", path).Output.ReplaceLineEndings("\n").Split('\n');
        Assert.Contains("embedding activation  tanh", lines);
        Assert.Contains("head activation       relu", lines);
        Assert.Contains("projection size       4", lines);
        Assert.Contains(lines, line => line.StartsWith("projection.weight_l0  (4, 5)", StringComparison.Ordinal));
        Assert.Equal(
            ("tanh", "relu", 4),
            Extras(JsonDocument.Parse(_shell.Run("inspect", path, "--json").Output).RootElement)
        );

        static (string?, string?, int) Extras(JsonElement json) =>
            (
                json.GetProperty("embedding_activation").GetString(),
                json.GetProperty("head_activation").GetString(),
                json.GetProperty("projection_size").GetInt32()
            );
    }

    [Fact]
    public void LongVocabularies_AreCut()
    {
        string symbols = string.Concat(Enumerable.Range('一', 1500).Select(symbol => (char)symbol));
        string line = _shell
            .Run("inspect", Save(symbols))
            .Output.Split('\n')
            .Single(line => line.StartsWith("vocabulary"));
        Assert.EndsWith(" … and 1,100 more", line.TrimEnd());
    }

    [Fact]
    public void ByteVocabularies_ShowWhatAsciiIs()
    {
        string line = _shell
            .Run("inspect", Save("a\0\u007Fé", TextEncoding.Bytes))
            .Output.Split('\n')
            .Single(line => line.StartsWith("vocabulary"));
        Assert.Equal(@"vocabulary      4 bytes: \x00a\x7F\xE9", line.TrimEnd());
    }

    [Fact]
    public void RunFolder_MeansItsModel()
    {
        string run = Path.GetDirectoryName(Save("ab"))!;
        Assert.Equal(0, _shell.Run("inspect", run).ExitCode);
        Assert.Contains("is not a run", Refused(Directory.CreateDirectory(_shell.Folder.File("empty")).FullName));
    }

    [Fact]
    public void TruncatedAndForeignFiles_AreOneLineAndCode3()
    {
        byte[] whole = File.ReadAllBytes(Save("abc"));
        File.WriteAllBytes(_shell.Folder.File("cut"), whole[..^7]);
        Assert.Contains("cut short", Refused(_shell.Folder.File("cut")));
        File.WriteAllBytes(_shell.Folder.File("stub"), whole[..40]);
        Assert.Contains("cut short", Refused(_shell.Folder.File("stub")));
        File.WriteAllText(_shell.Folder.File("poem.txt"), "Tyger Tyger, burning bright");
        Assert.Contains("is a text file", Refused(_shell.Folder.File("poem.txt")));
        File.WriteAllText(_shell.Folder.File("none"), "");
        Assert.Contains("is empty", Refused(_shell.Folder.File("none")));
    }

    private string Refused(string path)
    {
        var outcome = _shell.Run("inspect", path);
        Assert.Equal(3, outcome.ExitCode);
        Assert.Single(outcome.Error.TrimEnd().Split('\n'));
        Assert.Contains(path, outcome.Error);
        Assert.Empty(outcome.Output);
        return outcome.Error;
    }
}
