using System.Text;
using CharRnn.Datasets;

namespace CharRnn.Tests;

public sealed class ForeignTextTests
{
    private const string Latin = "The dragon slept.\nIt did not wake.\n";
    private const string Cyrillic = "Дракон спал и не просыпался до утра.\nПотом он улетел.\n";
    private const string Chinese = "龙在睡觉，一直睡到天亮。\n然后它飞走了。\n一条龙。\n";

    private static readonly Encoding[] Wide =
    [
        new UnicodeEncoding(bigEndian: false, byteOrderMark: true),
        new UnicodeEncoding(bigEndian: true, byteOrderMark: true),
        new UTF32Encoding(bigEndian: false, byteOrderMark: true),
        new UTF32Encoding(bigEndian: true, byteOrderMark: true),
    ];

    private static readonly string[] WideNames = ["UTF-16LE", "UTF-16BE", "UTF-32LE", "UTF-32BE"];

    [Theory]
    [InlineData(Latin)]
    [InlineData(Cyrillic)]
    [InlineData(Chinese)]
    public void WideText_IsRecognizedByItsMark(string text)
    {
        for (int i = 0; i < Wide.Length; i++)
            Assert.Equal(
                WideNames[i][..6],
                ForeignText.NameOfEncoding([.. Wide[i].GetPreamble(), .. Wide[i].GetBytes(text)])
            );
    }

    [Theory]
    [InlineData(Latin)]
    [InlineData(Cyrillic)]
    [InlineData("ab")]
    public void WideText_IsRecognizedWithoutAMark(string text)
    {
        for (int i = 0; i < Wide.Length; i++)
            Assert.Equal(WideNames[i], ForeignText.NameOfEncoding(Wide[i].GetBytes(text)));
    }

    [Fact]
    public void LongWideText_IsRecognizedWhereTheSampleBreaksASurrogatePair()
    {
        string text = "." + string.Concat(Enumerable.Repeat("🐉 ab", 3000));
        Assert.Equal("UTF-16LE", ForeignText.NameOfEncoding(Encoding.Unicode.GetBytes(text)));
    }

    [Fact]
    public void Utf8Text_AndTextWithStrayNuls_AreNotTakenForWideText()
    {
        Assert.Null(ForeignText.NameOfEncoding([]));
        foreach (
            string text in (string[])
                [Latin, Cyrillic, Chinese, "hello\0world\n", "Дракон\0спал, а потом", "one\0two\0three\0four\0"]
        )
            Assert.Null(ForeignText.NameOfEncoding(Encoding.UTF8.GetBytes(text)));
    }

    [Fact]
    public void BinaryData_IsNotTakenForWideText()
    {
        byte[] executable = [0x7F, 0x45, 0x4C, 0x46, 2, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 3, 0, 0x3E, 0, 1, 0, 0, 0];
        Assert.Null(ForeignText.NameOfEncoding(executable));
        Assert.Null(ForeignText.NameOfEncoding(new byte[100]));
        var random = new Random(3);
        for (int trial = 0; trial < 200; trial++)
        {
            byte[] bytes = new byte[2000];
            random.NextBytes(bytes);
            bytes[0] = 1;
            bytes[1] = 2;
            Assert.Null(ForeignText.NameOfEncoding(bytes));
        }
    }
}
