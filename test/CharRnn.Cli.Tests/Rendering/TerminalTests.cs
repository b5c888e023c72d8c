using CharRnn.Cli.Rendering;
using Spectre.Console;

namespace CharRnn.Cli.Tests;

public sealed class TerminalTests
{
    private readonly StringWriter _written = new();

    private Terminal TerminalWith(bool isTerminal, params (string Name, string Value)[] environment) =>
        new(_written, isTerminal, name => environment.FirstOrDefault(pair => pair.Name == name).Value);

    [Fact]
    public void Codes_AreWrittenOnlyToATerminalThatWantsThem()
    {
        Assert.True(TerminalWith(true, ("TERM", "xterm")).IsLive);
        Assert.True(TerminalWith(true, ("TERM", "xterm"), ("NO_COLOR", "")).IsLive);
        Assert.False(TerminalWith(false, ("TERM", "xterm")).IsLive);
        Assert.False(TerminalWith(true, ("TERM", "dumb")).IsLive);
        Assert.False(TerminalWith(true, ("TERM", "xterm"), ("NO_COLOR", "1")).IsLive);
    }

    [Fact]
    public void Styled_WithoutALiveTerminal_WritesNoCodes()
    {
        TerminalWith(false, ("TERM", "xterm-256color"))
            .Styled.Write(new Panel(new Spectre.Console.Text("[not markup", new Style(Color.Red))));
        Assert.Contains("[not markup", _written.ToString());
        Assert.DoesNotContain('\e', _written.ToString());
    }

    [Fact]
    public void Messages_AreOneLineEachAndEscaped()
    {
        var terminal = TerminalWith(false);
        terminal.Error("a\nb\e[2J");
        terminal.Warning(new string('x', 300));
        Assert.Equal(
            ["charrnn: error: a\\nb\\x1B[2J", "charrnn: warning: " + new string('x', 300)],
            _written.ToString().TrimEnd().ReplaceLineEndings("\n").Split('\n')
        );
    }

    [Fact]
    public void LiveLine_MakesRoomForALineAndComesBack()
    {
        var terminal = TerminalWith(true, ("TERM", "xterm"));
        terminal.ShowLive("half");
        terminal.Line("said");
        terminal.ShowLive(null);
        Assert.Equal("half\r\e[2Ksaid\nhalf\r\e[2K", _written.ToString().Replace(Environment.NewLine, "\n"));
    }

    [Fact]
    public void LiveLine_IsCutToTheWidthOfTheTerminalInCells()
    {
        var terminal = TerminalWith(true, ("TERM", "xterm"));
        int room = terminal.Styled.Profile.Width - 1;
        terminal.ShowLive(new string('字', room));
        Assert.Equal(new string('字', room / 2), _written.ToString());
    }

    [Fact]
    public void LiveLine_WithoutALiveTerminal_IsNotWritten()
    {
        TerminalWith(false).ShowLive("half");
        Assert.Empty(_written.ToString());
    }
}
