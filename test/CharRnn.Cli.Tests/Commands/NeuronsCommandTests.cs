using System.Text.Json;
using CharRnn.Tests;

namespace CharRnn.Cli.Tests;

/// <summary>A model that writes a cycle of characters, whose unit i is on after the i-th symbol alone.</summary>
public sealed class NeuronsCommandTests : IDisposable
{
    private const string Cycle = "ab(cd) E\n";

    private readonly TemporaryFolder _folder = new();
    private readonly string _model;

    public NeuronsCommandTests()
    {
        _model = SuccessorModel.Save(_folder.File("cycle.safetensors"), Cycle);
        File.WriteAllText(_folder.File("text.txt"), string.Concat(Enumerable.Repeat(Cycle, 40)));
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void AUnitThatTellsAPropertyAlone_IsNamedFirst()
    {
        using var shell = new TestShell();
        var outcome = shell.Run(Line("--find", "upper", "--top", "1"));
        Assert.Equal(ExitCode.Success, outcome.ExitCode);
        string[] row = outcome.Output.Split('\n')[1].Split(' ', StringSplitOptions.RemoveEmptyEntries);
        // The symbols in order are '\n', ' ', '(', ')', 'E', …
        Assert.Equal(["upper", "0:4", "AUC", "1.000", "1.000"], row[..5]);
    }

    [Fact]
    public void Json_HasTheTextFromItsMiddleOn_WithTheUnitsValuesAndWhatIsLikeliestToFollow()
    {
        using var shell = new TestShell();
        var outcome = shell.Run(Line("--unit", "0:4", "--chars", "9", "--json"));
        Assert.Equal(ExitCode.Success, outcome.ExitCode);
        var answer = JsonElement.Parse(outcome.Output);
        string[] characters = [.. answer.GetProperty("characters").EnumerateArray().Select(each => each.GetString()!)];
        Assert.Equal(9, characters.Length);
        var unit = answer.GetProperty("units")[0];
        Assert.Equal("0:4", unit.GetProperty("unit").GetString());
        double[] values = [.. unit.GetProperty("values").EnumerateArray().Select(each => each.GetDouble())];
        Assert.Equal(
            characters.Select(character => character == "E" ? 1.0 : 0.0),
            values.Select(value => Math.Round(value))
        );
        foreach (var (place, likeliest) in answer.GetProperty("likeliest").EnumerateArray().Index())
        {
            int next = (Cycle.IndexOf(characters[place], StringComparison.Ordinal) + 1) % Cycle.Length;
            Assert.Equal($"{Cycle[next]}", likeliest[0].GetProperty("character").GetString());
        }
    }

    [Theory]
    [InlineData("page.html", "<!DOCTYPE html>")]
    [InlineData("picture.svg", "<svg ")]
    public void Output_IsAPageOrAPicture_ByItsName(string name, string beginning)
    {
        using var shell = new TestShell();
        var outcome = shell.Run(Line("--find", "upper", "-o", _folder.File(name)));
        Assert.Equal(ExitCode.Success, outcome.ExitCode);
        string text = File.ReadAllText(_folder.File(name));
        Assert.StartsWith(beginning, text);
        Assert.DoesNotContain("<script", text);
        Assert.Contains("layer 0, unit 4, hidden", text);
    }

    [Theory]
    [InlineData("--find", "rhyme", "there is no property 'rhyme'")]
    [InlineData("--find", "label:Greek", "this model has no labels")]
    [InlineData("--find-regex", "(a", "the pattern '(a' cannot be read")]
    [InlineData("--unit", "7", "--unit: '7' is no unit")]
    [InlineData("--unit", "1:0", "layer 1 is asked for")]
    [InlineData("--unit", "0:0:cell", "'rnn' has no signal 'cell'")]
    [InlineData("-o", "page.pdf", "--output is 'page.pdf'")]
    public void WhatCannotBeDone_IsRefusedInOneLine(string flag, string value, string message)
    {
        using var shell = new TestShell();
        var outcome = shell.Run(Line(flag, value));
        Assert.Equal(ExitCode.Usage, outcome.ExitCode);
        Assert.Contains(message, outcome.Error);
        Assert.Single(outcome.Error.TrimEnd().Split('\n'));
    }

    [Fact]
    public void AnUnknownCharacterOfTheText_IsRefused_OrLeftOut()
    {
        File.AppendAllText(_folder.File("text.txt"), "~");
        using var shell = new TestShell();
        var outcome = shell.Run(Line("--find", "upper"));
        Assert.Equal(ExitCode.BadInput, outcome.ExitCode);
        Assert.Contains("'~'", outcome.Error);
        using var skipping = new TestShell();
        outcome = skipping.Run(Line("--find", "upper", "--unknown", "skip"));
        Assert.Equal(ExitCode.Success, outcome.ExitCode);
        Assert.Contains("1 characters that the model does not know left out", outcome.Error);
    }

    private string[] Line(params string[] flags) =>
        ["neurons", _model, "--text-file", _folder.File("text.txt"), .. flags];
}
