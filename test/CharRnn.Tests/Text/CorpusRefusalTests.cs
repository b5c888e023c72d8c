using System.Text;
using CharRnn.Datasets;
using CharRnn.Engine;

namespace CharRnn.Tests;

public sealed class CorpusRefusalTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void EmptyFile_IsRefused()
    {
        Refused(_folder.Write("empty.txt", ""), "is empty");
        Refused(_folder.Write("mark.txt", [0xEF, 0xBB, 0xBF]), "is empty");
    }

    [Fact]
    public void EmptyFileThatIsNamedBesideOthers_IsRefused()
    {
        string full = _folder.Write("full.txt", "ab"),
            empty = _folder.Write("empty.txt", "");
        Assert.StartsWith(
            $"{empty} is empty",
            Assert.Throws<CorpusException>(() => Corpus.Load([full, empty])).Message
        );
    }

    [Fact]
    public void TextWithNothingToPredict_IsRefused()
    {
        Refused(_folder.Write("one.txt", "🐉"), "holds 1 characters; at least 2");
        Refused(_folder.Write("same.txt", "\n\n\n"), @"holds '\n' (U+000A) alone, 3 times");
    }

    [Fact]
    public void MissingPath_IsRefused()
    {
        Refused(_folder.In("missing.txt"), "does not exist");
        Refused(_folder.In("missing/deeper.txt"), "does not exist");
        Assert.Contains("\"\" cannot be read", Assert.Throws<CorpusException>(() => Corpus.Load([""])).Message);
        Assert.Contains("no corpus is named", Assert.Throws<CorpusException>(() => Corpus.Load([])).Message);
    }

    [Fact]
    public void PathWithControlCharacters_StaysOneHarmlessLine()
    {
        string message = Assert.Throws<CorpusException>(() => Corpus.Load([_folder.In("a\n\u001b[2Jb")])).Message;
        Assert.Contains(@"a\n\x1B[2Jb", message);
        Assert.DoesNotContain(message, char.IsControl);
    }

    [Fact]
    public void LinkToNothing_AndLinkToItself_AreRefused()
    {
        File.CreateSymbolicLink(_folder.In("dangling.txt"), _folder.In("nowhere"));
        Refused(_folder.In("dangling.txt"), "does not exist");
        File.CreateSymbolicLink(_folder.In("self.txt"), _folder.In("self.txt"));
        Refused(_folder.In("self.txt"), "cannot be read");
    }

    [Fact]
    public void FolderWithNoText_IsRefused()
    {
        _folder.Write("text/picture.png", "x");
        Refused(_folder.In("text"), "holds no file that matches *.txt");
        _folder.Write("text/empty.txt", "");
        Refused(_folder.In("text"), "holds 0 characters");
    }

    [Fact]
    public void FolderOrFileWithoutPermission_IsRefused()
    {
        if (OperatingSystem.IsWindows())
        {
            Assert.Skip("Windows has no Unix permissions");
            return;
        }

        string file = _folder.Write("locked/a.txt", "ab");
        File.SetUnixFileMode(file, UnixFileMode.None);
        File.SetUnixFileMode(_folder.In("locked"), UnixFileMode.None);
        try
        {
            // Nothing is closed to a privileged user, so there the folder must simply be read.
            if (Environment.IsPrivilegedProcess)
                Assert.Equal(2, Corpus.Load([_folder.In("locked")]).Ids.Length);
            else
                Refused(_folder.In("locked"), "permission is denied");
        }
        finally
        {
            File.SetUnixFileMode(
                _folder.In("locked"),
                UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute
            );
        }
    }

    [Fact]
    public void InvalidUtf8_IsRefusedWithItsByteOffset()
    {
        string path = _folder.Write("latin1.txt", [.. new string('a', 100_000).Select(c => (byte)c), 0xE9, (byte)'b']);
        Refused(path, "byte 100000 (0xE9) is not valid UTF-8", "'Encoding' bytes");
        Refused(
            _folder.Write("cut.txt", [(byte)'a', (byte)'b', 0xE2, 0x82]),
            "byte 2 (0xE2) begins a UTF-8 sequence that the end breaks off"
        );
    }

    [Fact]
    public void WideText_IsRefusedWithItsNameAndHowToConvertIt()
    {
        byte[] wide = Encoding.Unicode.GetBytes("The dragon slept.\n");
        string marked = _folder.Write("marked.txt", [0xFF, 0xFE, .. wide]);
        Refused(marked, "is UTF-16 text", $"iconv -f UTF-16 -t UTF-8 {marked}");
        Refused(_folder.Write("bare.txt", wide), "is UTF-16LE text", "iconv -f UTF-16LE -t UTF-8");
        Refused(_folder.Write("utf32.txt", Encoding.UTF32.GetBytes("The dragon slept.\n")), "is UTF-32LE text");
    }

    [Fact]
    public void BinaryFile_IsRefused()
    {
        Refused(
            _folder.Write("program.txt", [0x7F, 0x45, 0x4C, 0x46, 2, 1, 1, 0, 0, 0, 0, 0]),
            "byte 7 is NUL, so this is a binary file",
            "'Encoding' bytes"
        );
        byte[] late = [.. Enumerable.Repeat((byte)'a', 70_000), 0, (byte)'b'];
        Refused(_folder.Write("late.txt", late), "byte 70000 is NUL");
    }

    [Fact]
    public void SourceThatCanBeReadOnlyOnce_IsRefused()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "the pipe is opened through Linux's /proc");
        using var pipe = new System.IO.Pipes.AnonymousPipeServerStream(System.IO.Pipes.PipeDirection.Out);
        Refused($"/proc/self/fd/{pipe.ClientSafePipeHandle.DangerousGetHandle()}", "can be read only once");
    }

    [Fact]
    public void SourceThatChangesBetweenTheReadings_IsRefused()
    {
        string[] readings = ["abab", "ababab"];
        int opened = 0;
        var source = new CorpusSource("moving", () => new MemoryStream(Encoding.UTF8.GetBytes(readings[opened++])));
        var facts = new CorpusSurvey([source], TextEncoding.Utf8).Facts;
        using var sink = new MemoryIdSink(facts.Length, facts.Symbols.Count);
        using var encoder = new CorpusEncoder(new Vocabulary(facts.Symbols, TextEncoding.Utf8), sink);
        Assert.Contains(
            "moving changed while it was read",
            Assert.Throws<CorpusException>(() => encoder.Add(source, facts.CharactersOf[0])).Message
        );
    }

    private static void Refused(string path, params string[] because)
    {
        string message = Assert.Throws<CorpusException>(() => Corpus.Load([path])).Message;
        Assert.StartsWith(path, message);
        Assert.DoesNotContain('\n', message);
        Assert.All(because, part => Assert.Contains(part, message));
    }
}
