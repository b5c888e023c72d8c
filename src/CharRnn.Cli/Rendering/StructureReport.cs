using System.Text.Json;
using CharRnn.Analysis;
using CharRnn.Datasets;

namespace CharRnn.Cli.Rendering;

/// <summary>
/// Structure of samples beside that of the text they are compared with: a table, or properties of a JSON object.
/// </summary>
internal sealed class StructureReport(StructureEvaluation evaluation)
{
    private const int MaxQuotation = 120;
    private const string Nothing = "-";

    private (string Name, string Key, PairCount Sample, PairCount Text)[] Pairs
    {
        get
        {
            var (sample, text) = (evaluation.Sample, evaluation.Text);
            return
            [
                ("brackets closed", "brackets", sample.Brackets, text.Brackets),
                ("  ( )", "round", sample.Round, text.Round),
                ("  [ ]", "square", sample.Square, text.Square),
                ("  { }", "curly", sample.Curly, text.Curly),
                ("quotes closed", "quotes", sample.Quotes, text.Quotes),
                (@"\begin ended", "environments", sample.Environments, text.Environments),
                ("<tags> closed", "tags", sample.Tags, text.Tags),
                ("[[links]] closed", "links", sample.Links, text.Links),
            ];
        }
    }

    /// <summary>The table. What neither the samples nor the text have has no row.</summary>
    public void WriteTable(TextWriter output)
    {
        var rows = Rows().ToList();
        var (whatWidth, sampleWidth) = (rows.Max(row => row.What.Length), rows.Max(row => row.Sample.Length));
        foreach (var (what, sample, text) in rows)
            output.WriteLine($"{what.PadRight(whatWidth)}  {sample.PadRight(sampleWidth)}  {text}".TrimEnd());
    }

    /// <summary>The same for programs, under <c>structure</c>.</summary>
    public void WriteJson(Utf8JsonWriter json)
    {
        json.WriteStartObject("structure");
        json.WriteNumber("samples", evaluation.Samples);
        json.WriteNumber("sample_length", evaluation.SampleLength);
        foreach (var (_, key, sample, text) in Pairs)
        {
            json.WriteStartObject(key);
            WritePairs(json, "sample", sample);
            WritePairs(json, "text", text);
            json.WriteEndObject();
        }

        json.WriteNumber("words", evaluation.Words);
        json.WriteNumber("known_words", evaluation.KnownWords);
        WriteShare(json, "known_word_share", evaluation.KnownWordShare);
        json.WriteNumber("copied_share_20", evaluation.Copied.Share20);
        json.WriteNumber("copied_share_50", evaluation.Copied.Share50);
        json.WriteNumber("longest_copied", evaluation.Copied.Longest?.Length ?? 0);
        json.WriteString("longest_copied_text", evaluation.LongestCopied);
        json.WriteEndObject();
    }

    private IEnumerable<(string What, string Sample, string Text)> Rows()
    {
        yield return ("", $"{evaluation.Samples} × {Quantity.Count(evaluation.SampleLength)} sampled", "the text");
        foreach (var (name, _, sample, text) in Pairs.Where(pair => pair.Sample.Opened + pair.Text.Opened > 0))
            yield return (name, Share(sample), Share(text));
        foreach (var row in Distances("brackets", evaluation.Sample.Brackets, evaluation.Text.Brackets))
            yield return row;
        foreach (var row in Distances("quotes", evaluation.Sample.Quotes, evaluation.Text.Quotes))
            yield return row;
        yield return (
            "words of the text",
            $"{Percent(evaluation.KnownWordShare)} of {Quantity.Count(evaluation.Words)}",
            ""
        );
        yield return ("copied, 20 or more", Percent(evaluation.Copied.Share20), "");
        yield return ("copied, 50 or more", Percent(evaluation.Copied.Share50), "");
        yield return (
            "longest copied",
            $"{Quantity.Count(evaluation.Copied.Longest?.Length ?? 0)} characters",
            Quotation()
        );
    }

    private static IEnumerable<(string What, string Sample, string Text)> Distances(
        string what,
        PairCount sample,
        PairCount text
    ) =>
        sample.Opened + text.Opened == 0
            ? []
            : PairCount.Buckets.Select(
                (bucket, i) =>
                    (
                        $"{what} {(bucket.Last is { } last ? $"{bucket.First}-{last}" : $"{bucket.First} and on")}",
                        Percent(sample.ClosedShareAt(i)),
                        Percent(text.ClosedShareAt(i))
                    )
            );

    private static void WritePairs(Utf8JsonWriter json, string key, PairCount pairs)
    {
        json.WriteStartObject(key);
        json.WriteNumber("opened", pairs.Opened);
        json.WriteNumber("closed", pairs.Closed);
        json.WriteNumber("strays", pairs.Strays);
        WriteShare(json, "closed_share", pairs.ClosedShare);
        json.WriteStartArray("closed_at");
        foreach (var (bucket, (first, last)) in PairCount.Buckets.Index())
        {
            json.WriteStartObject();
            json.WriteNumber("from", first);
            if (last is { } end)
                json.WriteNumber("to", end);
            else
                json.WriteNull("to");
            json.WriteNumber("closed", pairs.ClosedAt[bucket]);
            WriteShare(json, "share", pairs.ClosedShareAt(bucket));
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void WriteShare(Utf8JsonWriter json, string key, double? share)
    {
        if (share is { } number)
            json.WriteNumber(key, number);
        else
            json.WriteNull(key);
    }

    private static string Share(PairCount pairs)
    {
        string strays = pairs.Strays > 0 ? $", {Quantity.Count(pairs.Strays)} astray" : "";
        return $"{(pairs.Opened > 0 ? $"{Percent(pairs.ClosedShare)} of {Quantity.Count(pairs.Opened)}" : Nothing)}{strays}";
    }

    private static string Percent(double? share) => share is { } number ? Quantity.Percent(number) : Nothing;

    private string Quotation()
    {
        string shown = TextEscape.ForTerminal(evaluation.LongestCopied, keepLineFeedsAndTabs: false);
        return shown.Length == 0 ? "" : $"\"{(shown.Length > MaxQuotation ? shown[..MaxQuotation] + "…" : shown)}\"";
    }
}
