using System.Diagnostics.CodeAnalysis;
using CharRnn.Engine;

namespace CharRnn.Datasets;

/// <summary>
/// The well-known corpora of character-level modelling, by name. Sizes and hashes are given where their publishers, or
/// the papers that use them, give them; a corpus without a hash is one whose publisher changes it (Project Gutenberg's
/// headers, a repository's newest state) or never said.
/// </summary>
public sealed class CorpusCatalog
{
    private readonly Dictionary<string, CorpusEntry> _byName;

    /// <summary>Makes a catalogue of these entries, kept in their order.</summary>
    /// <exception cref="ArgumentException">Two entries share a name.</exception>
    public CorpusCatalog(IEnumerable<CorpusEntry> entries)
    {
        Entries = [.. entries];
        _byName = Entries.ToDictionary(entry => entry.Name, StringComparer.Ordinal);
    }

    /// <summary>The catalogue that comes with the library.</summary>
    public static CorpusCatalog Default { get; } =
        new([
            new(
                "tinyshakespeare",
                "a sample of Shakespeare's plays, the customary first corpus",
                new("https://raw.githubusercontent.com/karpathy/char-rnn/master/data/tinyshakespeare/input.txt")
            )
            {
                Bytes = 1_115_394,
                Sha256 = "86c4e6aa9db7c042ec79f339dcb96d42b0075e16b8fc2e86bf0ca57e2dc565ed",
            },
            new(
                "shakespeare",
                "all of Shakespeare",
                new("https://cs.stanford.edu/people/karpathy/char-rnn/shakespeare_input.txt")
            ),
            new(
                "war-and-peace",
                "Tolstoy's War and Peace, in English",
                new("https://cs.stanford.edu/people/karpathy/char-rnn/warpeace_input.txt")
            ),
            new(
                "linux",
                "C sources of the Linux kernel",
                new("https://cs.stanford.edu/people/karpathy/char-rnn/linux_input.txt")
            ),
            new(
                "linux-kernel",
                "the kernel/ folder of Linux 6.1, out of an archive of all its sources",
                new("https://github.com/torvalds/linux/archive/refs/tags/v6.1.zip")
            )
            {
                Packing = CorpusPacking.ZippedSources,
                Member = "linux-6.1/kernel/",
                Endings = [".c", ".h"],
            },
            new(
                "stacks",
                "LaTeX: the Stacks project's algebraic geometry (GNU FDL)",
                new("https://github.com/stacks/stacks-project/archive/refs/heads/master.zip")
            )
            {
                Packing = CorpusPacking.ZippedSources,
                Member = "stacks-project-master/",
                Endings = [".tex"],
            },
            new(
                "book-of-dragons",
                "Nesbit's The Book of Dragons, from Project Gutenberg with its header",
                new("https://www.gutenberg.org/cache/epub/23661/pg23661.txt")
            ),
            new(
                "enwik8",
                "the first 100 MB of a Wikipedia dump, with its XML",
                new("http://mattmahoney.net/dc/enwik8.zip")
            )
            {
                Packing = CorpusPacking.ZippedFile,
                Member = "enwik8",
                Bytes = 100_000_000,
                Sha1 = "57b8363b814821dc9d47aa4d41f58733519076b2",
            },
            new("enwik9", "the first 1 GB of the same dump", new("http://mattmahoney.net/dc/enwik9.zip"))
            {
                Packing = CorpusPacking.ZippedFile,
                Member = "enwik9",
                Bytes = 1_000_000_000,
                Sha1 = "2996e86fb978f93cca8f566cc56998923e7fe581",
            },
            new(
                "tutorial-names",
                "surnames of 18 languages, one file a language, of a PyTorch tutorial",
                new("https://download.pytorch.org/tutorial/data.zip")
            )
            {
                Packing = CorpusPacking.ZippedFolder,
                Member = "data/names/",
            },
            new(
                "baby-names",
                "first names, one a line",
                new("https://raw.githubusercontent.com/karpathy/makemore/master/names.txt")
            )
            {
                Bytes = 228_145,
                Sha256 = "0a30b5557f192f32ab962680889aac5f6fda0f4cecf40a6d0b5694f58ea8cc4d",
            },
        ]);

    /// <summary>The entries, in the order to show them.</summary>
    public IReadOnlyList<CorpusEntry> Entries { get; }

    /// <summary>Finds the entry of this name (case matters).</summary>
    public bool TryFind(string name, [NotNullWhen(true)] out CorpusEntry? entry) =>
        _byName.TryGetValue(name, out entry);
}
