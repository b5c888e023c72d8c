using System.Text.Json;
using CharRnn.Tests;

namespace CharRnn.Cli.Tests;

public sealed class DataStatsCommandTests
{
    [Fact]
    public async Task Stats_OfAFile_ThroughAPipe_AreOneJsonLineWithTheseKeys()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder.File("text.txt"), "to be\nor not\nto be\nłódź 🐉\n");
        var outcome = await CharrnnProcess.RunAsync("data", "stats", folder.File("text.txt"), "--json");
        Assert.Equal(0, outcome.ExitCode);
        Assert.Empty(outcome.Error);
        Assert.Single(outcome.Output.TrimEnd().Split('\n'));
        var json = JsonDocument.Parse(outcome.Output).RootElement;
        string[] keys =
        [
            "chars",
            "distinct",
            "lines",
            "repeated_lines",
            "unigram_bits_per_char",
            "bigram_bits_per_char",
            "gzip_bytes",
            "gzip_bits_per_char",
        ];
        Assert.Equal(keys, json.EnumerateObject().Select(property => property.Name));
        Assert.Equal(26, json.GetProperty("chars").GetInt32());
        Assert.Equal(4, json.GetProperty("lines").GetInt32());
        Assert.Equal(1, json.GetProperty("repeated_lines").GetInt32());
    }

    [Fact]
    public async Task Stats_OnScreen_ThroughAPipe_HaveNoEscapeCodesEvenWhereTheTextDoes()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder.File("text.txt"), "one \e[31mred\e[0m word and [markup] too\n");
        var outcome = await CharrnnProcess.RunAsync("data", "stats", folder.File("text.txt"));
        Assert.Equal(0, outcome.ExitCode);
        Assert.DoesNotContain('\e', outcome.Output + outcome.Error);
        Assert.Contains(@"one \x1B[31mred\x1B[0m word and [markup] too\n", outcome.Output);
        Assert.Contains("distinct          ", outcome.Output);
        Assert.Contains("rarest            ", outcome.Output);
    }

    [Fact]
    public void Stats_OfNothingNamed_AreThoseOfTheEmbeddedCorpus()
    {
        using var shell = new TestShell();
        Assert.Contains("corpus            dragons", shell.Run("data", "stats").Output);
        Assert.Equal(shell.Run("data", "stats").Output, shell.Run("data", "stats", "dragons").Output);
    }

    [Fact]
    public void Stats_OfBytes_CountBytes()
    {
        using var shell = new TestShell();
        File.WriteAllBytes(shell.Folder.File("noise"), [0xFF, 0xFE, 0x00, 0x41, 0xC3]);
        var outcome = shell.Run("data", "stats", shell.Folder.File("noise"), "--encoding", "bytes", "--json");
        Assert.Equal(0, outcome.ExitCode);
        Assert.Equal(5, JsonDocument.Parse(outcome.Output).RootElement.GetProperty("chars").GetInt32());
    }

    [Fact]
    public void Encoding_ComesFromTheEnvironmentUnlessTheFlagSaysOtherwise()
    {
        using var shell = new TestShell { Environment = { ["CHARRNN_ENCODING"] = "bytes" } };
        File.WriteAllText(shell.Folder.File("text.txt"), "łł aa");
        Assert.Equal(7, Characters());
        Assert.Equal(5, Characters("--encoding", "utf-8"));
        shell.Environment["CHARRNN_ENCODING"] = "ebcdic";
        var outcome = shell.Run("data", "stats");
        Assert.Equal(2, outcome.ExitCode);
        Assert.Contains("CHARRNN_ENCODING is 'ebcdic'", outcome.Error);

        int Characters(params string[] more)
        {
            var result = shell.Run(["data", "stats", shell.Folder.File("text.txt"), "--json", .. more]);
            return JsonDocument.Parse(result.Output).RootElement.GetProperty("chars").GetInt32();
        }
    }

    [Fact]
    public void Folder_IsReadByItsGlobs()
    {
        using var shell = new TestShell();
        Directory.CreateDirectory(shell.Folder.File("texts"));
        File.WriteAllText(shell.Folder.File("texts/a.txt"), "aaa\n");
        File.WriteAllText(shell.Folder.File("texts/b.md"), "bbbbb\n");
        File.WriteAllText(shell.Folder.File("texts/c.cs"), "ccccccc\n");
        Assert.Equal(4, Characters());
        Assert.Equal(6, Characters("--include", "*.md"));
        Assert.Equal(14, Characters("--include", "*.md", "--include", "*.cs"));
        Assert.Equal(10, Characters("--include", "*.md,*.txt"));

        int Characters(params string[] more)
        {
            var result = shell.Run(["data", "stats", shell.Folder.File("texts"), "--json", .. more]);
            return JsonDocument.Parse(result.Output).RootElement.GetProperty("chars").GetInt32();
        }
    }

    [Theory]
    [InlineData("missing.txt", "missing.txt")]
    [InlineData("dragoons", "did you mean 'dragons'?")]
    [InlineData("tinyshakespeare", "'charrnn data get tinyshakespeare' brings it here")]
    [InlineData("tutorial-names", "'charrnn data get tutorial-names' brings it here")]
    public void WhatIsNotHere_IsOneLineThatSaysWhatToDoAndCode3(string corpus, string expected)
    {
        using var shell = new TestShell();
        var outcome = shell.Run("data", "stats", corpus);
        Assert.Equal(3, outcome.ExitCode);
        Assert.Contains(expected, outcome.Error);
        Assert.Single(outcome.Error.TrimEnd().Split('\n'));
        Assert.Empty(outcome.Output);
    }

    [Fact]
    public async Task InvalidUtf8_IsCode3AndNoTrace()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllBytes(folder.File("bad.txt"), [.. "good "u8, 0xC3, 0x28]);
        var outcome = await CharrnnProcess.RunAsync("data", "stats", folder.File("bad.txt"));
        Assert.Equal(3, outcome.ExitCode);
        Assert.Single(outcome.Error.TrimEnd().Split('\n'));
        Assert.Contains("--encoding bytes", outcome.Error);
    }

    [Fact]
    public void DownloadedCorpora_AreFoundByName()
    {
        using var shell = new TestShell();
        Directory.CreateDirectory(Path.Combine(shell.CacheFolder, "tutorial-names"));
        File.WriteAllText(Path.Combine(shell.CacheFolder, "linux.txt"), "int main(void);\n");
        File.WriteAllText(Path.Combine(shell.CacheFolder, "tutorial-names", "Polish.txt"), "Kowalski\n");
        Assert.Contains("corpus            linux", shell.Run("data", "stats", "linux").Output);
        Assert.Contains("corpus            tutorial-names", shell.Run("data", "stats", "tutorial-names").Output);
    }

    [Fact]
    public void EmbeddedCorpusBesideOthers_IsRefusedWithAWayOut()
    {
        using var shell = new TestShell();
        var outcome = shell.Run("data", "stats", "dragons", "other.txt");
        Assert.Equal(2, outcome.ExitCode);
        Assert.Contains("'charrnn data get dragons'", outcome.Error);
    }
}
