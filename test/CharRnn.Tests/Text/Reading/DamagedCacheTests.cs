using CharRnn.Datasets;

namespace CharRnn.Tests;

public sealed class DamagedCacheTests : IDisposable
{
    private const string Text = "a dragon slept under the hill\n";
    private const int VersionAt = 8;

    // Each place is a file written and flushed to the disk, and read again.
    private const int SampledOneOf = 40;

    private readonly CacheGround _ground = new();
    private readonly string _text;
    private readonly string _kept;

    public DamagedCacheTests()
    {
        _text = _ground.Write("text.txt", Text);
        _ground.Read(_text).Dispose();
        _kept = _ground.KeptPath(Assert.Single(_ground.Kept));
    }

    public void Dispose() => _ground.Dispose();

    [Fact]
    public void AByteThatWasChanged_WhicheverItIs_IsNoticedAndTheFileRebuilt()
    {
        byte[] whole = File.ReadAllBytes(_kept);
        // Between the header's checksum and the ids lie zeros that are never read.
        int[] places =
        [
            .. Enumerable
                .Range(0, whole.Length)
                .Where(i => i is < IdFileHeader.ChecksumAt + 32 or >= IdFileHeader.Length),
        ];
        foreach (int place in LongTests.Sample(places, SampledOneOf))
        {
            byte[] damaged = [.. whole];
            damaged[place] ^= 0x10;
            AssertRebuilt(damaged);
        }
        Assert.True(places.Length > Text.Length + 100);
    }

    [Fact]
    public void AFileThatWasCutShort_WhereverItIs_OrIsTooLong_IsRebuilt()
    {
        byte[] whole = File.ReadAllBytes(_kept);
        foreach (int length in LongTests.Sample([.. Enumerable.Range(0, whole.Length)], SampledOneOf))
            AssertRebuilt(whole[..length]);
        AssertRebuilt([.. whole, 0]);
    }

    [Fact]
    public void AFileOfAnotherVersion_OrOfSomethingElse_IsRebuilt()
    {
        byte[] older = File.ReadAllBytes(_kept);
        older[VersionAt]++;
        AssertRebuilt(older);
        AssertRebuilt(
            "just a text, and longer than any header of a file of ids would be, so that it is looked at as if it were one; which it is not, of course."u8.ToArray()
        );
        AssertRebuilt(new byte[10_000]);
        // Sizes whose sum would overflow.
        byte[] huge = File.ReadAllBytes(_kept);
        huge.AsSpan(24, 8).Fill(0x7F);
        AssertRebuilt(huge);
    }

    [Fact]
    public void AWholeFileOfAnotherText_IsNotTakenForThisOne()
    {
        string other = _ground.Write("other.txt", "quite another text\n");
        _ground.Read(other).Dispose();
        string foreign = _ground.KeptPath(Assert.Single(_ground.Kept, name => name != Path.GetFileName(_kept)));
        AssertRebuilt(File.ReadAllBytes(foreign));
    }

    [Fact]
    public void AFolderInTheFilesPlace_CostsAHint()
    {
        File.Delete(_kept);
        Directory.CreateDirectory(_kept);
        using var reading = _ground.Read(_text);
        Assert.Equal(Text, CacheGround.TextOf(reading));
        Assert.Contains("they are not kept", Assert.Single(reading.Notes));
        Assert.Empty(_ground.Temporaries);
    }

    private void AssertRebuilt(byte[] damaged)
    {
        File.WriteAllBytes(_kept, damaged);
        int opened = _ground.Opened;
        using (var reading = _ground.Read(_text))
        {
            Assert.Equal(Text, CacheGround.TextOf(reading));
            Assert.Equal(opened + 2, _ground.Opened);
        }
        using var again = _ground.Read(_text);
        Assert.Equal(Text, CacheGround.TextOf(again));
        Assert.Equal(opened + 2, _ground.Opened);
    }
}
