namespace CharRnn.Tests;

public sealed class RunLogTests : IDisposable
{
    private readonly ScratchFolder _scratch = new();
    private readonly RunFolder _run;

    public RunLogTests() => _run = RunFolder.Create(_scratch["run"]);

    public void Dispose() => _scratch.Dispose();

    [Fact]
    public void Append_AddsWholeLines()
    {
        _run.AppendMetrics("{\"step\":1,\"loss\":4.1}");
        _run.AppendMetrics("{\"step\":2,\"loss\":3.9}");
        _run.AppendSample("{\"step\":2,\"text\":\"żółw\"}");
        Assert.Equal("{\"step\":1,\"loss\":4.1}\n{\"step\":2,\"loss\":3.9}\n", File.ReadAllText(_run.MetricsPath));
        Assert.Equal("{\"step\":2,\"text\":\"żółw\"}\n", File.ReadAllText(_run.SamplesPath));
        Assert.Throws<ArgumentException>(() => _run.AppendMetrics("{\n}"));
    }

    [Fact]
    public void CutBack_DropsLaterStepsAndKeepsTheOthersByteForByte()
    {
        File.WriteAllText(
            _run.MetricsPath,
            "{\"step\":1}\n{ \"split\":\"val\", \"step\": 2 }\r\n{\"step\":3}\n{\"step\":2,\"late\":true}\n"
        );
        Assert.Equal(1, _run.CutMetricsBackTo(2));
        Assert.Equal(
            "{\"step\":1}\n{ \"split\":\"val\", \"step\": 2 }\r\n{\"step\":2,\"late\":true}\n",
            File.ReadAllText(_run.MetricsPath)
        );
        Assert.Equal(0, _run.CutMetricsBackTo(2));
        Assert.Equal(3, _run.CutMetricsBackTo(0));
        Assert.Empty(File.ReadAllBytes(_run.MetricsPath));
    }

    [Theory]
    [InlineData("{\"step\":2,\"lo")]
    [InlineData("{\"step\":2,\"loss\":1.")]
    [InlineData("\0\0\0\0")]
    [InlineData("{\"step\":2}{\"st")]
    public void CutBack_DropsATornLastLine(string torn)
    {
        File.WriteAllText(_run.SamplesPath, "{\"step\":1}\n" + torn);
        Assert.Equal(1, _run.CutSamplesBackTo(5));
        Assert.Equal("{\"step\":1}\n", File.ReadAllText(_run.SamplesPath));
    }

    [Fact]
    public void CutBack_GivesAWholeLastLineItsLineBreak()
    {
        File.WriteAllText(_run.MetricsPath, "{\"step\":1}\n{\"step\":2}");
        Assert.Equal(0, _run.CutMetricsBackTo(2));
        _run.AppendMetrics("{\"step\":3}");
        Assert.Equal("{\"step\":1}\n{\"step\":2}\n{\"step\":3}\n", File.ReadAllText(_run.MetricsPath));
    }

    [Theory]
    [InlineData("{\"step\":1}\nnonsense\n{\"step\":2}\n", "line 2")]
    [InlineData("{\"loss\":1}\n{\"step\":2}\n", "line 1")]
    [InlineData("{\"step\":\"1\"}\n{\"step\":2}\n", "line 1")]
    [InlineData("[1]\n{\"step\":2}\n", "line 1")]
    public void CutBack_OfALogSomebodySpoilt_IsRefusedAndChangesNothing(string log, string said)
    {
        File.WriteAllText(_run.MetricsPath, log);
        Assert.Contains(said, Assert.Throws<ModelException>(() => _run.CutMetricsBackTo(1)).Message);
        Assert.Equal(log, File.ReadAllText(_run.MetricsPath));
    }

    [Fact]
    public void CutBack_WithoutALog_IsNothing()
    {
        Assert.Equal(0, _run.CutMetricsBackTo(1));
        Assert.False(File.Exists(_run.MetricsPath));
    }

    [Fact]
    public void Append_ToAFullDisk_SaysThatItIsFull()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "the full disk is /dev/full of Linux");
        File.CreateSymbolicLink(_run.MetricsPath, "/dev/full");
        Assert.Equal(
            $"cannot write {_run.MetricsPath}: the disk is full",
            Assert.Throws<CharRnnException>(() => _run.AppendMetrics("{}")).Message
        );
    }
}
