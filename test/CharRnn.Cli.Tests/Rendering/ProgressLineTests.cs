using System.Text.Json;
using CharRnn.Cli.Rendering;

namespace CharRnn.Cli.Tests;

public sealed class ProgressLineTests
{
    private readonly StringWriter _written = new();
    private readonly StoppedClock _clock = new();

    private string[] Lines =>
        _written.ToString().ReplaceLineEndings("\n").Split('\n', StringSplitOptions.RemoveEmptyEntries);

    private ProgressLine Start(ProgressMode mode, bool isTerminal = false) =>
        ProgressLine.Start(new Terminal(_written, isTerminal, name => name == "TERM" ? "xterm" : null), mode, _clock);

    [Fact]
    public void Plain_WritesAFewLinesAMinuteWhateverComes()
    {
        using var line = Start(ProgressMode.Auto);
        for (int i = 0; i < 6000; i++)
        {
            _clock.Advance(TimeSpan.FromMilliseconds(10));
            line.Report(new Step(i));
        }

        Assert.Equal(6, Lines.Length);
        Assert.Equal("step 999", Lines[0]);
    }

    [Fact]
    public void Milestone_IsAlwaysWritten()
    {
        using var line = Start(ProgressMode.Plain);
        line.Milestone(new Step(1));
        line.Milestone(new Step(2));
        Assert.Equal(["step 1", "step 2"], Lines);
    }

    [Fact]
    public void Live_DrawsOverItselfAndLeavesTheTerminalClean()
    {
        using (var line = Start(ProgressMode.Auto, isTerminal: true))
        {
            _clock.Advance(TimeSpan.FromSeconds(1));
            line.Report(new Step(1));
            line.Report(new Step(2));
            _clock.Advance(TimeSpan.FromSeconds(1));
            line.Report(new Step(3));
        }

        Assert.Equal("step 1\r\e[2Kstep 3\r\e[2K", _written.ToString());
    }

    [Fact]
    public void Live_WhereNobodyLooks_IsPlain()
    {
        using var line = Start(ProgressMode.Live);
        _clock.Advance(TimeSpan.FromMinutes(1));
        line.Report(new Step(1));
        Assert.Equal(["step 1"], Lines);
    }

    [Fact]
    public void Json_WritesOneObjectALine()
    {
        using var line = Start(ProgressMode.Json, isTerminal: true);
        line.Milestone(new Step(7));
        Assert.Equal("""{"step":7}""", Assert.Single(Lines));
    }

    [Fact]
    public void None_IsSilent()
    {
        using var line = Start(ProgressMode.None, isTerminal: true);
        _clock.Advance(TimeSpan.FromDays(1));
        line.Report(new Step(1));
        line.Milestone(new Step(2));
        Assert.Empty(_written.ToString());
    }

    private sealed record Step(int Number) : IProgressReport
    {
        public string ToLine() => $"step {Number}";

        public void WriteProperties(Utf8JsonWriter json) => json.WriteNumber("step", Number);
    }

    private sealed class StoppedClock : TimeProvider
    {
        private long _ticks = TimeSpan.TicksPerDay;

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public void Advance(TimeSpan time) => _ticks += time.Ticks;

        public override long GetTimestamp() => _ticks;
    }
}
