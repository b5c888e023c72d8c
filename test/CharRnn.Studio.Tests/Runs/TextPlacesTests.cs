using System.Text;
using CharRnn.Studio.Runs;
using CharRnn.Tests;
using Microsoft.Extensions.Options;

namespace CharRnn.Studio.Tests.Runs;

/// <summary>Which texts may be trained on, and where uploads go.</summary>
public sealed class TextPlacesTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly TextPlaces _places;

    public TextPlacesTests()
    {
        var options = new StudioOptions { Folder = _folder.File("runs") };
        Directory.CreateDirectory(_folder.File("books"));
        Directory.CreateDirectory(_folder.File("books-private"));
        File.WriteAllText(_folder.File("books/novel.txt"), "once");
        File.WriteAllText(_folder.File("books-private/secret.txt"), "never");
        options.DataFolders.Add(_folder.File("books"));
        _places = new TextPlaces(Options.Create(options));
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Path_WithinANamedFolder_IsTaken() =>
        Assert.Equal(_folder.File("books/novel.txt"), _places.Resolve(_folder.File("books/../books/novel.txt")));

    [Theory]
    [InlineData("books-private/secret.txt")]
    [InlineData("books/../books-private/secret.txt")]
    [InlineData("books/link.txt")]
    [InlineData("books/out/secret.txt")]
    [InlineData("/etc/passwd")]
    public void Path_ThatLeadsElsewhere_IsRefused(string path)
    {
        File.CreateSymbolicLink(_folder.File("books/link.txt"), _folder.File("books-private/secret.txt"));
        Directory.CreateSymbolicLink(_folder.File("books/out"), _folder.File("books-private"));
        var refused = Assert.Throws<CorpusException>(() => _places.Resolve(Path.Combine(_folder.Path, path)));
        Assert.Contains("--data", refused.Message);
    }

    [Theory]
    [InlineData("")]
    [InlineData("  ")]
    [InlineData("a\0b")]
    [InlineData("nowhere.txt")]
    public void Path_ThatIsNone_IsRefusedInOneLine(string path)
    {
        var refused = Assert.Throws<CorpusException>(() => _places.Resolve(path));
        Assert.DoesNotContain('\n', refused.Message);
    }

    [Fact]
    public async Task Upload_OfANameThatIsTaken_LeavesTheOtherTextAsItIs()
    {
        string first = await Save("once"),
            second = await Save("twice"),
            again = await Save("once");
        Assert.Equal(
            ["novel.txt", "novel-2.txt", "novel.txt"],
            new[] { first, second, again }.Select(Path.GetFileName)
        );
        Assert.Equal(("once", "twice"), (File.ReadAllText(first), File.ReadAllText(second)));
        Assert.Equal(2, Directory.GetFiles(_folder.File("runs/uploads")).Length);

        Task<string> Save(string text) =>
            _places.SaveAsync(
                "novel.txt",
                new MemoryStream(Encoding.UTF8.GetBytes(text)),
                TestContext.Current.CancellationToken
            );
    }

    [Theory]
    [InlineData("novel.txt", "novel.txt")]
    [InlineData("../../etc/passwd", "passwd")]
    [InlineData("C:\\Users\\me\\żółw.txt", "żółw.txt")]
    [InlineData(".bashrc", "bashrc")]
    [InlineData("a b;rm -rf $HOME.txt", "a-b-rm--rf--HOME.txt")]
    [InlineData("--help", "help")]
    [InlineData("", "text.txt")]
    [InlineData("..", "text.txt")]
    public void Name_OfAnUpload_IsNoPathAndNoFlag(string name, string safe) =>
        Assert.Equal(safe, TextPlaces.SafeName(name));

    [Fact]
    public async Task Upload_IsSavedWholeOrNotAtAll()
    {
        var token = TestContext.Current.CancellationToken;
        string path = await _places.SaveAsync("../a.txt", new MemoryStream("first"u8.ToArray()), token);
        await Assert.ThrowsAsync<IOException>(async () =>
        {
            try
            {
                await _places.SaveAsync("a.txt", new BrokenStream(), token);
            }
            catch (CharRnnException failure)
            {
                throw failure.InnerException!;
            }
        });
        Assert.Equal(_folder.File("runs/uploads/a.txt"), path);
        Assert.Equal("first", await File.ReadAllTextAsync(path, token));
        Assert.Equal([path], Directory.GetFiles(_folder.File("runs/uploads")));
    }

    /// <summary>A browser that goes away in the middle.</summary>
    private sealed class BrokenStream : MemoryStream
    {
        private bool _hasGiven;

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            if (_hasGiven)
                throw new IOException("gone");
            _hasGiven = true;
            return new(Encoding.UTF8.GetBytes("second", buffer.Span));
        }
    }
}
