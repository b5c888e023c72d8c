using System.Text;
using System.Text.Json;
using CharRnn.Cli.Rendering;

namespace CharRnn.Cli.Tests;

public sealed class ReadingReportTests
{
    [Theory]
    [InlineData(
        CorpusPhase.Surveying,
        500_000_000L,
        1_000_000_000L,
        5,
        "reading the text (1 of 2)  [######..................] 25 %  500 MB of 1.0 GB  100 MB/s  15 s left"
    )]
    [InlineData(
        CorpusPhase.Encoding,
        500_000_000L,
        1_000_000_000L,
        15,
        "reading the text (2 of 2)  [##################......] 75 %  500 MB of 1.0 GB  100 MB/s  5 s left"
    )]
    [InlineData(
        CorpusPhase.Checking,
        1_000_000_000L,
        4_000_000_000L,
        1,
        "checking the text's ids  [######..................] 25 %  1.0 GB of 4.0 GB  1.0 GB/s  3 s left"
    )]
    [InlineData(
        CorpusPhase.Surveying,
        0L,
        1_000_000L,
        0,
        "reading the text (1 of 2)  [........................] 0 %  0 B of 1.0 MB  0 B/s  ? left"
    )]
    [InlineData(
        CorpusPhase.Encoding,
        700L,
        500L,
        1,
        "reading the text (2 of 2)  [########################] 100 %  700 B of 500 B  1.2 kB/s  0 s left"
    )]
    public void Line_ShowsShareSpeedAndTimeLeftOfBothReadings(
        CorpusPhase phase,
        long bytes,
        long total,
        int seconds,
        string expected
    ) =>
        Assert.Equal(
            expected,
            new ReadingReport(new CorpusProgress(phase, bytes, total), TimeSpan.FromSeconds(seconds)).ToLine()
        );

    [Fact]
    public void Line_OfATextOfUnknownLength_ShowsWhatIsDone() =>
        Assert.Equal(
            "reading the text (1 of 2)  70.0 kB",
            new ReadingReport(new CorpusProgress(CorpusPhase.Surveying, 70_000, null), TimeSpan.FromSeconds(2)).ToLine()
        );

    [Fact]
    public void Json_HasTheSameNumbers()
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            new ReadingReport(new CorpusProgress(CorpusPhase.Encoding, 7, 9), TimeSpan.FromSeconds(2)).WriteProperties(
                json
            );
            json.WriteEndObject();
        }

        Assert.Equal(
            """{"phase":"encoding","bytes":7,"total":9,"seconds":2}""",
            Encoding.UTF8.GetString(buffer.ToArray())
        );
    }
}
