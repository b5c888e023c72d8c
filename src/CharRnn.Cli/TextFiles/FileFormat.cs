namespace CharRnn.Cli.TextFiles;

/// <summary>How a file is packed, as far as that is read.</summary>
internal enum Packing
{
    /// <summary>Not at all.</summary>
    None,

    /// <summary>gzip.</summary>
    GZip,

    /// <summary>Zstandard.</summary>
    Zstandard,

    /// <summary>A zip archive.</summary>
    Zip,
}

/// <summary>
/// Formats of files, by their first bytes: those that are unpacked, and those that are no text and what to do about
/// them.
/// </summary>
internal static class FileFormat
{
    /// <summary>Bytes that are looked at.</summary>
    public const int StartBytes = 512;

    private const int TarMarkAt = 257;

    private static readonly (byte[] Start, string What)[] Others =
    [
        ([.. "%PDF-"u8], "a PDF document; take its text out: pdftotext -layout {0} text.txt"),
        ([0xD0, 0xCF, 0x11, 0xE0], "an old Office document; save it as plain text in UTF-8, and name that"),
        ([0x89, .. "PNG"u8], Picture),
        ([0xFF, 0xD8, 0xFF], Picture),
        ([.. "GIF8"u8], Picture),
        ([.. "BZh"u8], "compressed with bzip2, which is not read; unpack it: bunzip2 -k {0}"),
        ([0xFD, .. "7zXZ"u8], "compressed with xz, which is not read; unpack it: unxz -k {0}"),
        ([.. "7z"u8, 0xBC, 0xAF], "a 7z archive, which is not read; unpack it: 7z x {0}"),
        ([.. "Rar!"u8], "a rar archive, which is not read; unpack it: unrar x {0}"),
        ([.. "SQLite format 3"u8], "a database; write the texts to a file, one a line, and name that"),
        ([.. "PAR1"u8], "a Parquet table, which is not read; write it as .csv or .tsv, and name that"),
    ];

    private const string Picture = "a picture; name a text file";

    /// <summary>How a file with these first bytes is packed.</summary>
    public static Packing PackingOf(ReadOnlySpan<byte> start) =>
        start switch
        {
            [0x1F, 0x8B, ..] => Packing.GZip,
            [0x28, 0xB5, 0x2F, 0xFD, ..] => Packing.Zstandard,
            [(byte)'P', (byte)'K', 3, 4, ..] or [(byte)'P', (byte)'K', 5, 6, ..] => Packing.Zip,
            _ => Packing.None,
        };

    /// <summary>Refuses what is known to be no text.</summary>
    /// <param name="start">The first bytes.</param>
    /// <param name="path">The file, for the message.</param>
    /// <exception cref="CorpusException">It is known; the message says what it is, and what to do.</exception>
    public static void RefuseForeign(ReadOnlySpan<byte> start, string path)
    {
        foreach (var (mark, what) in Others)
        {
            if (start.StartsWith(mark))
                throw Refusal(path, what);
        }
        if (start.Length > TarMarkAt && start[TarMarkAt..].StartsWith("ustar"u8))
            throw Refusal(path, "a tar archive, which is not read; unpack it: tar xf {0}");
    }

    /// <summary>Refuses a zip archive that is a document.</summary>
    /// <param name="names">The names of its files.</param>
    /// <param name="path">The archive.</param>
    /// <exception cref="CorpusException">It is one.</exception>
    public static void RefuseDocument(IReadOnlyList<string> names, string path)
    {
        string? what =
            Has("word/") ? "a Word document; save it as plain text in UTF-8, or: pandoc -t plain {0} > text.txt"
            : Has("xl/") ? "an Excel workbook; save its sheet as .csv in UTF-8, and name that"
            : Has("ppt/") ? "a PowerPoint presentation; save its text as plain text in UTF-8, and name that"
            : Has("META-INF/container.xml") ? "an EPUB book; take its text out: pandoc -t plain {0} > text.txt"
            : Has("META-INF/manifest.xml") ? "an OpenDocument file; save it as plain text in UTF-8, and name that"
            : null;
        if (what is not null)
            throw Refusal(path, what);

        bool Has(string part) => names.Any(name => name.StartsWith(part, StringComparison.Ordinal));
    }

    private static CorpusException Refusal(string path, string what) =>
        new($"{path} is {string.Format(System.Globalization.CultureInfo.InvariantCulture, what, path)}.");
}
