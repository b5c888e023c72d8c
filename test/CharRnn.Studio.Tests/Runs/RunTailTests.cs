using CharRnn.Report.Tests;
using CharRnn.Training;

namespace CharRnn.Studio.Tests.Runs;

/// <summary>Logs of runs, read as they grow.</summary>
public sealed class RunTailTests : IDisposable
{
    private readonly ReportGround _ground = new();

    public void Dispose() => _ground.Dispose();

    [Fact]
    public void Tail_GivesWhatReadingAllOfItGives_HoweverItGrew()
    {
        var folder = RunFolder.Open(_ground.Train("run"));
        byte[] metrics = File.ReadAllBytes(folder.MetricsPath);
        File.WriteAllBytes(folder.MetricsPath, []);
        var tail = new RunTail(folder);
        // In pieces that end anywhere in a line.
        for (int at = 0; at < metrics.Length; )
        {
            int next = Math.Min(metrics.Length, at + 37);
            using (var file = new FileStream(folder.MetricsPath, FileMode.Append))
                file.Write(metrics.AsSpan(at, next - at));
            at = next;
            tail.Read();
        }
        Assert.Equal(RunHistory.Read(folder).Metrics, tail.History.Metrics);
        Assert.False(tail.Read());
    }

    [Fact]
    public void Tail_OfARunThatWasCutBack_IsThatRun_EvenWhereItHasGrownAgain()
    {
        var folder = RunFolder.Open(_ground.Train("run"));
        var tail = new RunTail(folder);
        tail.Read();
        string[] lines = File.ReadAllLines(folder.MetricsPath);
        var other = lines.Take(3).Concat(lines.Skip(3).Select(line => line.Replace("\"loss\":", "\"loss\": ")));
        File.WriteAllLines(folder.MetricsPath, other);
        Assert.True(tail.Read());
        Assert.Equal(RunHistory.Read(folder).Metrics, tail.History.Metrics);
        File.WriteAllLines(folder.MetricsPath, lines.Take(2));
        Assert.True(tail.Read());
        Assert.Equal(2, tail.History.Metrics.Count);
    }
}
