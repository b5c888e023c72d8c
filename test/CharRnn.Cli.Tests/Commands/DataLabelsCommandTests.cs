using System.Text;
using System.Text.Json;
using CharRnn.Tests;

namespace CharRnn.Cli.Tests;

public sealed class DataLabelsCommandTests : IDisposable
{
    private readonly TestShell _shell = new();

    public void Dispose() => _shell.Dispose();

    private string Write(string name, string text)
    {
        string path = _shell.Folder.File(name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllBytes(path, Encoding.UTF8.GetBytes(text));
        return path;
    }

    private JsonElement Json(params string[] arguments)
    {
        var outcome = _shell.Run(["data", "labels", "--json", .. arguments]);
        Assert.Equal("", outcome.Error);
        Assert.Equal(0, outcome.ExitCode);
        return JsonDocument.Parse(outcome.Output).RootElement;
    }

    private string Error(int code, params string[] arguments)
    {
        var outcome = _shell.Run(["data", "labels", .. arguments]);
        Assert.Equal("", outcome.Output);
        Assert.Equal(code, outcome.ExitCode);
        return Assert.Single(outcome.Error.TrimEnd().Split('\n'));
    }

    private static int Records(JsonElement json, string label) =>
        json.GetProperty("labels").GetProperty(label).GetInt32();

    [Fact]
    public void NothingNamed_MeansTheEmbeddedNames()
    {
        Assert.Equal(Json("names").GetRawText(), Json().GetRawText());
        Assert.Matches("(?m)^Polish +1\\d\\d ", _shell.Run("data", "labels").Output);
        Assert.Contains("distinct characters, and 5", _shell.Run("data", "labels", "--fold", "ascii").Output);
    }

    [Fact]
    public void ATsvWithHeader_IsRead_AndQuotesAreCharacters()
    {
        var json = Json(
            Write("a.tsv", "language\tname\nIrish\tO\"Brien\nIrish\t\"Byrne\nPolish\tLis, Maria\nPolish\tNowak\n")
        );
        Assert.Equal((2, 2), (Records(json, "Irish"), Records(json, "Polish")));
        Assert.Equal("a", json.GetProperty("name").GetString());
    }

    [Theory]
    [InlineData("Text,Label\n\"Lis, Maria\",P\n\"a \"\"b\"\"\",P\nx,I\ny,I\n")]
    [InlineData("\uFEFFname,category\r\nLis,P\r\n\r\nMazur,P\r\n,\r\nx,I\r\ny,I")]
    [InlineData("class;name;id\nP;Lis, Maria;1\nP;Mazur;2\nI;x;3\nI;y;4\n")]
    [InlineData("label,text\nP,\"Lis\nMaria\"\nP,Mazur\nI,x\nI,y\n")]
    public void ACsvWithHeader_IsRead(string text)
    {
        var json = Json(Write("a.csv", text));
        Assert.Equal((2, 2), (Records(json, "P"), Records(json, "I")));
    }

    [Fact]
    public void BlankLinesOfATable_AreCounted() =>
        Assert.Equal(
            2,
            Json(Write("a.csv", "name,class\nLis,P\n\nMazur,P\n \nx,I\ny,I\n")).GetProperty("blank").GetInt32()
        );

    [Fact]
    public void Columns_AreChosenByFlagOrVariable()
    {
        string path = Write(
            "a.csv",
            "name,surname,language,country\nAnna,Lis,Polish,P\nEwa,Mazur,Polish,P\nAoife,Byrne,Irish,I\nOisin,Walsh,Irish,I\n"
        );
        Assert.Equal(2, Records(Json(path, "--text-column", "surname", "--label-column", "country"), "I"));
        _shell.Environment["CHARRNN_LABEL_COLUMN"] = "Country";
        Assert.Equal(2, Records(Json(path), "P"));
    }

    [Theory]
    [InlineData("name,language\nLis,Polish\nByrne,Irish,x\n", "a.csv, line 3: 3 fields, and the header has 2")]
    [InlineData(
        "name,language\nLis,Polish\n\"Ma\nzur\",Polish\nByrne\n",
        "a.csv, line 5: 1 field, and the header has 2"
    )]
    [InlineData(
        "surname,language\nLis,Polish\n",
        "a.csv, line 1: no column of texts: the header has 'surname', 'language', and one called text or "
            + "name is needed; name the column with --text-column"
    )]
    [InlineData("name,tongue\nLis,Polish\n", "one called label or category or class or language is needed")]
    [InlineData("name,language,Name\nLis,Polish,x\n", "2 columns are called 'name'")]
    [InlineData("", "line 1: there is no header")]
    [InlineData("\nname,language\n", "line 1: there is no header")]
    [InlineData("name,language\n", "a.csv has a header, and no text under it")]
    [InlineData("name,language\n,Polish\n\n", "a.csv has a header, and no text under it")]
    [InlineData(
        "name,language\nLis,\"Pol\nish\"\n",
        "a.csv, line 2: the label 'Pol\\nish' has a line end, a tab or another control character in it"
    )]
    [InlineData("name,language\nLis,Polish\nMazur,Polish\n", "one label only, 'Polish'")]
    [InlineData(
        "name,language\nLis,Polish\nMazur,Polish\nByrne,Irish\n",
        "a.csv, line 4: label 'Irish' has this one text"
    )]
    [InlineData("name,language\nLis,\n", "a.csv, line 2: the text has no label")]
    [InlineData("name,language\nLis,Polish\nMa\"zur,Polish\n", "a.csv, line 3: a quotation mark")]
    public void BadTables_AreOneLineWithThePlace_AndCode3(string text, string expected) =>
        Assert.Contains(expected, Error(3, Write("a.csv", text)));

    [Fact]
    public void AnUnclosedQuotationMark_IsOneLineWithThePlaceWhereItBegan() =>
        Assert.Contains(
            "a.csv, line 2: ",
            Error(3, Write("a.csv", "name,language\n\"Lis,Polish\nMazur,Polish\nByrne,Irish\n"))
        );

    [Fact]
    public void ATableInMixedEncodings_IsNamedWithItsLine()
    {
        string path = _shell.Folder.File("a.csv");
        File.WriteAllBytes(
            path,
            [.. "name,language\nMarszałek,Polish\n"u8, .. Encoding.Latin1.GetBytes("Sebastián,Spanish\n")]
        );
        Assert.Contains(
            "a.csv, line 3: byte 0xE1 is not valid UTF-8, though accented letters before it are: the file "
                + "mixes encodings",
            Error(3, path)
        );
    }

    [Fact]
    public void ALongField_IsNamedWithItsLine() =>
        Assert.Contains(
            "a.tsv, line 3: the text has 10,000 characters",
            Error(3, Write("a.tsv", $"name\tlanguage\nLis\tPolish\n{new string('x', 10_000)}\tPolish\n"))
        );

    [Theory]
    [InlineData("--text-column", "surname", "--text-column is 'surname', and ")]
    [InlineData("--label-column", "name", "are both 'name'")]
    public void WrongColumnFlags_AreCode2(string flag, string value, string expected) =>
        Assert.Contains(expected, Error(2, Write("a.csv", "name,language\nLis,Polish\n"), flag, value));

    [Fact]
    public void ColumnFlagsWithoutATable_AreCode2()
    {
        Assert.Contains("--text-column is for a .tsv or .csv file", Error(2, "--text-column", "name"));
        Write("names/Polish.txt", "Lis\nMazur\n");
        Assert.Contains(
            "--label-column is for a .tsv or .csv file",
            Error(2, _shell.Folder.File("names"), "--label-column", "name")
        );
    }

    [Fact]
    public void WhatHasNoLabelsOrIsNotThere_IsCode3()
    {
        Assert.Contains("one text without labels", Error(3, "dragons"));
        Assert.Contains("one text without labels", Error(3, Write("a.txt", "Lis\n")));
        Assert.Contains("it does not exist", Error(3, _shell.Folder.File("nowhere")));
        Assert.Contains("it does not exist", Error(3, _shell.Folder.File("nowhere.csv")));
        Assert.Contains("\"\" cannot be read: it does not exist", Error(3, ""));
        Assert.Contains("did you mean 'names'?", Error(3, "name"));
        Assert.Contains("'charrnn data get tutorial-names' brings it here", Error(3, "tutorial-names"));
    }

    [Fact]
    public void AFolder_IsReadWithItsRepeatsAndAmbiguousTextsTold()
    {
        Write("names/Polish.txt", "Lis\nMarszałek\nLis\n\n");
        Write("names/Czech.txt", "Lis\nNovák \n");
        var outcome = _shell.Run("data", "labels", _shell.Folder.File("names"));
        Assert.Equal("", outcome.Error);
        string[] lines = outcome.Output.Split(Environment.NewLine);
        Assert.Equal(
            "names: 5 texts, 1 of them repeated under their label and left out: 4 records of 2 labels",
            lines[0]
        );
        Assert.Equal("1 blank line passed over", lines[1]);
        Assert.Equal("1 text had white space before or after, which was taken off", lines[2]);
        Assert.Equal("14 distinct characters", lines[3]);
        Assert.Equal(
            "1 text under several labels (Lis: Czech and Polish): nothing that sees the text alone can be "
                + "right on more than 75.0 % of the records",
            lines[4]
        );
    }

    [Fact]
    public void LabelsThatDifferInCapitalsAlone_AreTold() =>
        Assert.Contains(
            "the labels Polish and polish differ in capitals alone",
            _shell
                .Run(
                    "data",
                    "labels",
                    Write("a.csv", "name,class\nLis,Polish\nMazur,Polish\nWilk,polish\nNowak,polish\n")
                )
                .Output
        );

    [Fact]
    public void NamesAreAnOrdinaryCorpusToo()
    {
        Assert.Contains("corpus            names", _shell.Run("data", "stats", "names").Output);
        Assert.Matches("(?m)^names .* embedded ", _shell.Run("data", "list").Output);
        Assert.True(File.Exists(Path.Combine(_shell.Run("data", "get", "names").Output.TrimEnd(), "Polish.txt")));
    }
}
