namespace CharRnn.Tests;

public sealed class RunLogTests : IDisposable
{
    private readonly ScratchFolder scratch = new();
    private readonly RunFolder run;

    public RunLogTests() => run = RunFolder.Create(scratch["run"]);

    public void Dispose() => scratch.Dispose();

    [Fact]
    public void Append_AddsWholeLines()
    {
        run.AppendMetrics("{\"step\":1,\"loss\":4.1}");
        run.AppendMetrics("{\"step\":2,\"loss\":3.9}");
        run.AppendSample("{\"step\":2,\"text\":\"żółw\"}");
        Assert.Equal("{\"step\":1,\"loss\":4.1}\n{\"step\":2,\"loss\":3.9}\n", File.ReadAllText(run.MetricsPath));
        Assert.Equal("{\"step\":2,\"text\":\"żółw\"}\n", File.ReadAllText(run.SamplesPath));
        Assert.Throws<ArgumentException>(() => run.AppendMetrics("{\n}"));
    }

    [Fact]
    public void CutBack_DropsLaterStepsAndKeepsTheOthersByteForByte()
    {
        File.WriteAllText(
            run.MetricsPath,
            "{\"step\":1}\n{ \"split\":\"val\", \"step\": 2 }\r\n{\"step\":3}\n{\"step\":2,\"late\":true}\n"
        );
        Assert.Equal(1, run.CutMetricsBackTo(2));
        Assert.Equal(
            "{\"step\":1}\n{ \"split\":\"val\", \"step\": 2 }\r\n{\"step\":2,\"late\":true}\n",
            File.ReadAllText(run.MetricsPath)
        );
        Assert.Equal(0, run.CutMetricsBackTo(2));
        Assert.Equal(3, run.CutMetricsBackTo(0));
        Assert.Empty(File.ReadAllBytes(run.MetricsPath));
    }

    [Theory]
    [InlineData("{\"step\":2,\"lo")]
    [InlineData("{\"step\":2,\"loss\":1.")]
    [InlineData("\0\0\0\0")]
    [InlineData("{\"step\":2}{\"st")]
    public void CutBack_DropsATornLastLine(string torn)
    {
        File.WriteAllText(run.SamplesPath, "{\"step\":1}\n" + torn);
        Assert.Equal(1, run.CutSamplesBackTo(5));
        Assert.Equal("{\"step\":1}\n", File.ReadAllText(run.SamplesPath));
    }

    [Fact]
    public void CutBack_GivesAWholeLastLineItsLineBreak()
    {
        File.WriteAllText(run.MetricsPath, "{\"step\":1}\n{\"step\":2}");
        Assert.Equal(0, run.CutMetricsBackTo(2));
        run.AppendMetrics("{\"step\":3}");
        Assert.Equal("{\"step\":1}\n{\"step\":2}\n{\"step\":3}\n", File.ReadAllText(run.MetricsPath));
    }

    [Theory]
    [InlineData("{\"step\":1}\nnonsense\n{\"step\":2}\n", "line 2")]
    [InlineData("{\"loss\":1}\n{\"step\":2}\n", "line 1")]
    [InlineData("{\"step\":\"1\"}\n{\"step\":2}\n", "line 1")]
    [InlineData("[1]\n{\"step\":2}\n", "line 1")]
    public void CutBack_OfALogSomebodySpoilt_IsRefusedAndChangesNothing(string log, string said)
    {
        File.WriteAllText(run.MetricsPath, log);
        Assert.Contains(said, Assert.Throws<ModelException>(() => run.CutMetricsBackTo(1)).Message);
        Assert.Equal(log, File.ReadAllText(run.MetricsPath));
    }

    [Fact]
    public void CutBack_WithoutALog_IsNothing()
    {
        Assert.Equal(0, run.CutMetricsBackTo(1));
        Assert.False(File.Exists(run.MetricsPath));
    }

    [Fact]
    public void Append_ToAFullDisk_SaysThatItIsFull()
    {
        if (!OperatingSystem.IsLinux())
            return;
        File.CreateSymbolicLink(run.MetricsPath, "/dev/full");
        Assert.Equal(
            $"cannot write {run.MetricsPath}: the disk is full",
            Assert.Throws<CharRnnException>(() => run.AppendMetrics("{}")).Message
        );
    }
}
