using System.Text;

namespace CharRnn.Tests;

public sealed class LabeledFolderTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public LabeledFolderTests() => _folder.Write("names/Irish.txt", "Byrne\nÓ Briain\n");

    public void Dispose() => _folder.Dispose();

    private LabeledRecords Read() => LabeledRecords.ReadFolder(_folder.In("names"));

    private string Failure()
    {
        string message = Assert.Throws<CorpusException>(Read).Message;
        Assert.DoesNotContain('\n', message);
        return message;
    }

    [Fact]
    public void EachFileIsALabel_AndEachLineAText()
    {
        _folder.Write("names/Polish.txt", "Lis\nMarszałek");
        var records = Read();
        Assert.Equal("names", records.Name);
        Assert.Equal(["Irish", "Polish"], records.Labels);
        Assert.Equal(["Byrne", "Ó Briain", "Lis", "Marszałek"], records.Records.Select(record => record.Text));
    }

    [Fact]
    public void ByteOrderMarkCarriageReturnsAndBlankLines_AreNoText()
    {
        _folder.Write("names/Polish.txt", "\uFEFFLis\r\n\r\n  \r\nMarszałek\r\n");
        var records = Read();
        Assert.Equal(["Lis", "Marszałek"], records.Records.Skip(2).Select(record => record.Text));
        Assert.Equal(2, records.BlankCount);
        Assert.Equal(0, records.TrimmedCount);
    }

    [Fact]
    public void OtherFilesHiddenOnesAndDeeperFolders_ArePassedOver()
    {
        _folder.Write("names/Polish.txt", "Lis\nMazur\n");
        _folder.Write("names/notes.md", "no");
        _folder.Write("names/.hidden.txt", "no\nno no\n");
        _folder.Write("names/deep/Czech.txt", "Novák\nBeneš\n");
        Assert.Equal(["Irish", "Polish"], Read().Labels);
    }

    [Theory]
    [InlineData("")]
    [InlineData("\uFEFF\r\n \n")]
    public void AnEmptyFile_IsNamed(string text)
    {
        _folder.Write("names/Polish.txt", text);
        Assert.StartsWith($"{_folder.In("names/Polish.txt")} holds no text", Failure());
    }

    [Fact]
    public void OneFileOnly_IsOneLabel() => Assert.Contains("one label only, 'Irish'", Failure());

    [Fact]
    public void AFileWithOneText_IsNamedWithItsLine()
    {
        _folder.Write("names/Polish.txt", "\nLis\nLis\n");
        Assert.StartsWith($"{_folder.In("names/Polish.txt")}, line 2: label 'Polish' has this one text", Failure());
    }

    [Fact]
    public void ATooLongLine_IsNamed()
    {
        _folder.Write("names/Polish.txt", $"Lis\nMazur\n{new string('x', 10_000)}\n");
        Assert.StartsWith($"{_folder.In("names/Polish.txt")}, line 3: the text has 10,000 characters", Failure());
    }

    [Fact]
    public void Latin1_IsNamedWithItsLineAndByte()
    {
        _folder.Write("names/Polish.txt", Encoding.Latin1.GetBytes("Lis\nSebastián\n"));
        string message = Failure();
        Assert.StartsWith($"{_folder.In("names/Polish.txt")}, line 2: byte 0xE1 is not valid UTF-8", message);
        Assert.Contains("iconv -f WINDOWS-1252", message);
    }

    [Fact]
    public void MixedEncodings_AreCalledSo()
    {
        _folder.Write(
            "names/Polish.txt",
            [.. Encoding.UTF8.GetBytes("Marszałek\nLis\n"), .. Encoding.Latin1.GetBytes("Sebastián\n")]
        );
        string message = Failure();
        Assert.StartsWith($"{_folder.In("names/Polish.txt")}, line 3: byte 0xE1", message);
        Assert.Contains("mixes encodings", message);
    }

    [Fact]
    public void ASequenceThatTheEndBreaksOff_IsNoUtf8()
    {
        _folder.Write("names/Polish.txt", [.. "Lis\nMarsza"u8, 0xC5]);
        Assert.Contains("line 2: byte 0xC5", Failure());
    }

    [Fact]
    public void Utf16AndBinaryFiles_AreCalledSo()
    {
        _folder.Write("names/Polish.txt", Encoding.Unicode.GetBytes("Lis\nMazur\nNowak\n"));
        Assert.Contains("is UTF-16LE text, but UTF-8 is needed", Failure());
        _folder.Write("names/Polish.txt", "Lis\nMa\0zur and more of them, so that this is a text with a stray NUL\n");
        Assert.Contains("line 2: a NUL byte", Failure());
    }

    [Fact]
    public void AFolderWithoutTextFiles_IsRefused()
    {
        File.Move(_folder.In("names/Irish.txt"), _folder.In("names/Irish.dat"));
        Assert.StartsWith($"{_folder.In("names")} holds no text files", Failure());
    }

    [Fact]
    public void NoSuchFolder_IsRefused()
    {
        var failure = Assert.Throws<CorpusException>(() => LabeledRecords.ReadFolder(_folder.In("nowhere")));
        Assert.Equal(
            $"{_folder.In("nowhere")} cannot be read: it does not exist; name a file or folder that does.",
            failure.Message
        );
    }

    [Fact]
    public void AFileInPlaceOfAFolder_IsRefused() =>
        Assert.Contains(
            "is a file, and a folder",
            Assert.Throws<CorpusException>(() => LabeledRecords.ReadFolder(_folder.In("names/Irish.txt"))).Message
        );
}
