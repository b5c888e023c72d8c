using System.IO.Compression;
using System.Text;

namespace CharRnn.Cli.UserTrials;

/// <summary>Compressed texts are read as what is in them; documents and pictures are said to be such.</summary>
public sealed class PackedTextTests : IDisposable
{
    private readonly TrainingGround _ground = new();

    public void Dispose() => _ground.Dispose();

    [Theory]
    [InlineData("text.txt.gz")]
    [InlineData("text.zst")]
    [InlineData("text.zip")]
    public async Task APackedText_IsTheSameText(string name)
    {
        Pack(name, File.ReadAllBytes(_ground["text.txt"]));
        string[] train = ["train", name, .. TrainingGround.Small, "--max-steps", "4", "--progress", "none"];
        Assert.Equal(0, (await _ground.RunAsync([.. train, "-o", "packed"])).ExitCode);
        train[1] = "text.txt";
        Assert.Equal(0, (await _ground.RunAsync([.. train, "-o", "plain"])).ExitCode);
        Assert.Equal(_ground.LastStep("plain"), _ground.LastStep("packed"));
        Assert.Equal(
            Figures(await _ground.RunAsync("eval", "plain", "text.txt")),
            Figures(await _ground.RunAsync("eval", "packed", name))
        );
        Assert.Equal(0, (await _ground.RunAsync("train", "-o", "packed", "--resume", "--max-steps", "6")).ExitCode);
        var stats = await _ground.RunAsync("data", "stats", name);
        Assert.Contains("characters        3,000\n", stats.Output);
    }

    [Fact]
    public async Task AZip_OfSeveralTexts_IsSeveralTexts_AndTheOthersAreNamed()
    {
        using (var zip = ZipFile.Open(_ground["texts.zip"], ZipArchiveMode.Create))
        {
            foreach (string name in (string[])["b.txt", "a/a.TXT", "notes.md", "__MACOSX/._b.txt", ".hidden.txt"])
            {
                using var writer = new StreamWriter(zip.CreateEntry(name).Open());
                writer.Write(name.Contains("a.TXT") ? "one\n" : "two\n");
            }
        }
        var outcome = await _ground.RunAsync("data", "stats", "texts.zip");
        Assert.Equal(0, outcome.ExitCode);
        Assert.Contains("texts: 2, with a boundary", outcome.Error);
        Assert.Contains("not read of texts.zip: notes.md;", outcome.Error);
        Assert.Contains("characters        8\n", outcome.Output);
    }

    [Fact]
    public async Task PackedTablesAndLines_AreRead()
    {
        Pack("t.csv.gz", "text,label\nab,p\nac,p\nbd,q\nbe,q\n"u8.ToArray());
        var labels = await _ground.RunAsync("data", "labels", "t.csv.gz", "--json");
        Assert.Contains("\"labels\":{\"p\":2,\"q\":2}", labels.Output);
        SmallClassifier.Save(_ground["model.safetensors"]);
        Pack("lines.txt.zst", "ab\ncd\n"u8.ToArray());
        var predicted = await _ground.RunAsync(
            "classify",
            "predict",
            "model.safetensors",
            "--file",
            "lines.txt.zst",
            "--json"
        );
        Assert.Equal(2, predicted.Output.TrimEnd().Split('\n').Length);
    }

    [Theory]
    [InlineData("text.txt.gz")]
    [InlineData("text.zst")]
    [InlineData("text.zip")]
    public async Task APackedText_ThatIsCutShort_IsRefused(string name)
    {
        Pack(name, Encoding.UTF8.GetBytes(string.Concat(Enumerable.Range(0, 9000).Select(i => $"{i * 7919}\n"))));
        byte[] whole = File.ReadAllBytes(_ground[name]);
        File.WriteAllBytes(_ground[name], whole[..(whole.Length / 2)]);
        var outcome = await _ground.RunAsync("data", "stats", name);
        Assert.Equal(3, outcome.ExitCode);
        Assert.Equal(
            $"charrnn: error: {name} cannot be read: what is packed in it is damaged or cut short; fetch or pack it "
                + "again.\n",
            outcome.Error
        );
        Assert.Single(outcome.Error.TrimEnd().Split('\n'));
    }

    [Theory]
    [InlineData("x.pdf", "%PDF-1.7 ...", "x.pdf is a PDF document; take its text out: pdftotext")]
    [InlineData("x.png", "\u0089PNG\r\n", "x.png is a picture; name a text file.")]
    [InlineData("x.bz2", "BZh91AY", "x.bz2 is compressed with bzip2, which is not read; unpack it: bunzip2 -k x.bz2.")]
    public async Task OtherFormats_AreNamed_WithWhatToDo(string name, string start, string said)
    {
        File.WriteAllBytes(_ground[name], Encoding.Latin1.GetBytes(start));
        var outcome = await _ground.RunAsync("train", name, "--max-steps", "1");
        Assert.Equal(3, outcome.ExitCode);
        Assert.Contains(said, outcome.Error);
    }

    [Fact]
    public async Task AWordDocument_IsCalledSo()
    {
        using (var zip = ZipFile.Open(_ground["x.docx"], ZipArchiveMode.Create))
            zip.CreateEntry("word/document.xml").Open().Dispose();
        var outcome = await _ground.RunAsync("data", "stats", "x.docx");
        Assert.Equal(3, outcome.ExitCode);
        Assert.Contains("x.docx is a Word document; save it as plain text", outcome.Error);
    }

    [Fact]
    public async Task Bytes_AreReadAsTheyStand()
    {
        Pack("text.txt.gz", File.ReadAllBytes(_ground["text.txt"]));
        var outcome = await _ground.RunAsync("data", "stats", "text.txt.gz", "--encoding", "bytes", "--json");
        Assert.Equal(
            new FileInfo(_ground["text.txt.gz"]).Length,
            TrainingGround.Parsed(outcome.Output).GetProperty("chars").GetInt64()
        );
    }

    private static string Figures(Outcome outcome) =>
        string.Join('\n', outcome.Output.Split('\n').Where(line => !line.StartsWith("characters/s")));

    private void Pack(string name, byte[] text)
    {
        if (name.EndsWith(".zip"))
        {
            using var zip = ZipFile.Open(_ground[name], ZipArchiveMode.Create);
            using var entry = zip.CreateEntry("text.txt").Open();
            entry.Write(text);
            return;
        }
        using var file = File.Create(_ground[name]);
        using Stream packed = name.EndsWith(".gz")
            ? new GZipStream(file, CompressionLevel.Fastest)
            : new ZstdSharp.CompressionStream(file);
        packed.Write(text);
    }
}
