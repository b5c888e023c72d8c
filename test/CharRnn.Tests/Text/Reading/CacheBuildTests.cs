using CharRnn.Datasets;

namespace CharRnn.Tests;

public sealed class CacheBuildTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    private readonly CacheGround _ground = new();

    public void Dispose() => _ground.Dispose();

    [Fact]
    public async Task TwoBuildersAtOnce_BothHaveTheIds_AndOneFileIsKept()
    {
        string text = string.Concat(Enumerable.Range(0, 40_000).Select(i => $"dragon {i}\n")),
            path = _ground.Write("text.txt", text);
        using var both = new Barrier(2);
        var readings = await Task.WhenAll(
            Enumerable.Range(0, 2).Select(_ => Task.Run(Build, TestContext.Current.CancellationToken))
        );
        foreach (var reading in readings)
        {
            using (reading)
                Assert.Equal(text, CacheGround.TextOf(reading));
        }
        Assert.Single(_ground.Kept);
        Assert.Empty(_ground.Temporaries);
        using var found = _ground.Read(path);
        Assert.Equal((0, text), (_ground.Opened, CacheGround.TextOf(found)));

        CorpusReading Build()
        {
            // Each waits in the midst of its second reading until the other is there too.
            var meeting = new Once(CorpusPhase.Encoding, () => Assert.True(both.SignalAndWait(Patience)));
            return new CorpusReader([CorpusSource.OfFile(path)], _ground.Options with { Progress = meeting }).Read(_ =>
            { });
        }
    }

    [Theory]
    [InlineData(CorpusPhase.Surveying)]
    [InlineData(CorpusPhase.Encoding)]
    public void AnInterruptedBuild_LeavesNothing(CorpusPhase phase)
    {
        string path = _ground.Write("text.txt", new string('a', 200_000) + "b");
        using var request = new CancellationTokenSource();
        var options = _ground.Options with
        {
            Progress = new Once(phase, request.Cancel),
            CancellationToken = request.Token,
        };
        Assert.Throws<OperationCanceledException>(() => _ground.Read(path, options));
        Assert.Empty(_ground.Kept);
        Assert.Empty(_ground.Temporaries);
    }

    [Fact]
    public void AnInterruptedCheck_Stops()
    {
        string path = _ground.Write("text.txt", new string('a', 3_000_000) + "b");
        _ground.Read(path).Dispose();
        using var request = new CancellationTokenSource();
        var options = _ground.Options with
        {
            Progress = new Once(CorpusPhase.Checking, request.Cancel),
            CancellationToken = request.Token,
        };
        Assert.Throws<OperationCanceledException>(() => _ground.Read(path, options));
        Assert.Single(_ground.Kept);
    }

    [Fact]
    public void Progress_CountsTheBytesOfBothReadings_AndThoseOfACheck()
    {
        byte[] bytes = System.Text.Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat("zażółć\n", 30_000)));
        string path = _ground.Write("text.txt", bytes);
        var reports = new List<CorpusProgress>();
        var options = _ground.Options with { Progress = new All(reports) };
        _ground.Read(path, options).Dispose();
        Assert.Equal(
            [CorpusPhase.Surveying, CorpusPhase.Encoding],
            reports.Select(progress => progress.Phase).Distinct()
        );
        Assert.All(reports, progress => Assert.Equal(bytes.Length, progress.TotalBytes));
        foreach (var phase in reports.GroupBy(progress => progress.Phase))
        {
            Assert.Equal(phase.Select(progress => progress.Bytes).Order(), phase.Select(progress => progress.Bytes));
            Assert.Equal(bytes.Length, phase.Last().Bytes);
        }
        reports.Clear();
        _ground.Read(path, options).Dispose();
        Assert.Equal(new CorpusProgress(CorpusPhase.Checking, 210_000, 210_000), reports[^1]);
    }

    [Fact]
    public void ATextThatChangesInTheMidst_IsRefusedWhereItsLengthChanges_AndElsewhereNotKept()
    {
        string path = _ground.Write("text.txt", "abababab");
        var growing = new Once(CorpusPhase.Encoding, () => File.AppendAllText(path, "ab"));
        Assert.Contains(
            "changed while it was read",
            Assert.Throws<CorpusException>(() => _ground.Read(path, ReadBy(growing))).Message
        );
        Assert.Empty(_ground.Temporaries);

        var rewriting = new Once(CorpusPhase.Encoding, () => File.WriteAllText(path, "babababab!"));
        using var reading = _ground.Read(path, ReadBy(rewriting));
        Assert.Contains("not kept", Assert.Single(reading.Notes));
        Assert.Equal("ababababab", CacheGround.TextOf(reading));
        Assert.Empty(_ground.Kept);
        Assert.Empty(_ground.Temporaries);

        CorpusOptions ReadBy(IProgress<CorpusProgress> progress) => _ground.Options with { Progress = progress };
    }

    [Fact]
    public void WhatAKilledBuilderLeft_IsNeverTrusted_AndSweptAwayOnceItIsOld()
    {
        string path = _ground.Write("text.txt", "a dragon\n");
        _ground.Read(path).Dispose();
        string kept = Assert.Single(_ground.Kept);
        string abandoned = _ground.KeptPath($"{kept}.0.tmp"),
            young = _ground.KeptPath($"{kept}.1.tmp"),
            living = _ground.KeptPath($"{kept}.2.tmp");
        File.Copy(_ground.KeptPath(kept), abandoned);
        File.WriteAllText(young, "just begun");
        File.WriteAllText(living, "still written, slowly");
        foreach (string old in new[] { abandoned, living })
            File.SetLastWriteTimeUtc(old, DateTime.UtcNow.AddMinutes(-5));
        File.Delete(_ground.KeptPath(kept));
        using (new FileStream(living, FileMode.Open, FileAccess.ReadWrite, FileShare.None))
            _ground.Read(path).Dispose();
        Assert.Equal(4, _ground.Opened);
        Assert.Equal([Path.GetFileName(young), Path.GetFileName(living)], _ground.Temporaries);
    }

    private sealed class Once(CorpusPhase phase, Action act) : IProgress<CorpusProgress>
    {
        private bool _isDone;

        public void Report(CorpusProgress value)
        {
            if (_isDone || value.Phase != phase)
                return;
            _isDone = true;
            act();
        }
    }

    private sealed class All(List<CorpusProgress> reports) : IProgress<CorpusProgress>
    {
        public void Report(CorpusProgress value) => reports.Add(value);
    }
}
