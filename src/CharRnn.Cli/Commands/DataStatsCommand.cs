using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using CharRnn.Cli.Flags;
using CharRnn.Cli.Rendering;
using CharRnn.Datasets;

namespace CharRnn.Cli.Commands;

/// <summary><c>charrnn data stats</c>: statistics of a text, before anything is learnt from it.</summary>
internal sealed class DataStatsCommand : VerbCommand
{
    private readonly CorpusArgument _corpusArgument;
    private readonly Option<bool> _json = SharedFlags.Json();

    public DataStatsCommand(Shell shell)
        : base(shell, "stats", "Show what is in a text: its characters, lines, entropy and size under gzip.")
    {
        _corpusArgument = new(shell);
        _corpusArgument.AddTo(this);
        Add(_json);
        MainFlags =
        [
            "--include",
            "--encoding",
            "--normalize",
            "--fold",
            "--fold-case",
            "--unique-lines",
            "--min-count",
            "--max-chars",
            "--records",
            "--text-column",
            "--no-header",
            "--json",
        ];
        Examples =
        [
            new("charrnn data stats novel.txt", "Show the characters, lines and entropy of a text."),
            new("charrnn data stats mail --include '*.eml' --fold ascii", "The same of a folder, brought to ASCII."),
        ];
    }

    protected override int Run(ParseResult parsed)
    {
        var sources = new SettingSources(parsed, Shell.Environment);
        _corpusArgument.SayWithoutEffect(sources);
        try
        {
            using var corpus = _corpusArgument.Load(sources, ProgressMode.Auto);
            var statistics = TextStatistics.Of(corpus);
            Print(
                parsed.GetValue(_json),
                json => WriteProperties(json, statistics),
                () => WriteScreen(corpus, statistics)
            );
            return ExitCode.Success;
        }
        finally
        {
            _corpusArgument.Forget();
        }
    }

    private static void WriteProperties(Utf8JsonWriter json, TextStatistics statistics)
    {
        json.WriteNumber("chars", statistics.Characters);
        json.WriteNumber("distinct", statistics.Distinct);
        json.WriteNumber("lines", statistics.Lines);
        json.WriteNumber("repeated_lines", statistics.RepeatedLines);
        json.WriteNumber("unigram_bits_per_char", statistics.UnigramBitsPerChar);
        JsonLine.WriteNumber(json, "bigram_bits_per_char", statistics.BigramBitsPerChar);
        json.WriteNumber("gzip_bytes", statistics.GzipBytes);
        json.WriteNumber("gzip_bits_per_char", statistics.GzipBitsPerChar);
    }

    private void WriteScreen(Corpus corpus, TextStatistics statistics)
    {
        var rarest = statistics.RarestTen.Select(rare =>
            $"{Vocabulary.Describe(rare.Symbol, corpus.Vocabulary.Encoding)} × {Quantity.Count(rare.Count)}"
        );
        Row("corpus", TextEscape.ForTerminal(corpus.Name, keepLineFeedsAndTabs: false));
        Row("characters", Quantity.Count(statistics.Characters));
        Row("distinct", Quantity.Count(statistics.Distinct));
        Row(
            "lines",
            $"{Quantity.Count(statistics.Lines)}, {Quantity.Count(statistics.RepeatedLines)} of them repeated"
        );
        Row("unigram entropy", Bits(statistics.UnigramBitsPerChar));
        if (statistics.BigramBitsPerChar is { } bigram)
            Row("bigram entropy", Bits(bigram));
        Row("gzip -9", $"{Quantity.Count(statistics.GzipBytes)} bytes, {Bits(statistics.GzipBitsPerChar)}");
        Row("rarest", string.Join(", ", rarest));
        Shell.Output.WriteLine();
        Shell.Output.WriteLine("It begins:");
        Shell.Output.WriteLine(statistics.First500);
    }

    private void Row(string what, string value) => Shell.Output.WriteLine($"{what, -16}  {value}");

    private static string Bits(double bitsPerCharacter) =>
        string.Create(CultureInfo.InvariantCulture, $"{bitsPerCharacter:0.0000} bits per character");
}
