using System.Text;
using CharRnn.Checkpoints;
using CharRnn.Datasets;
using CharRnn.Report.Runs;
using CharRnn.Training;

namespace CharRnn.Studio.Models;

/// <summary>Part of the text that a model was trained on.</summary>
/// <param name="Text">The part.</param>
/// <param name="Start">Where it begins, in characters of the file.</param>
/// <param name="Source">Name of the whole text.</param>
/// <param name="IsHeldOut">Whether it begins in what was held out of training.</param>
internal sealed record CorpusSlice(string Text, long Start, string Source, bool IsHeldOut)
{
    /// <summary>Reads a part of the text of a model's run.</summary>
    /// <param name="model">The model.</param>
    /// <param name="start">Where it begins; null for where training did not read.</param>
    /// <param name="count">Number of characters.</param>
    /// <exception cref="CorpusException">The text cannot be read here: the message says to paste one.</exception>
    public static CorpusSlice Read(ModelLease model, long? start, int count)
    {
        if (model.Id == ModelShelf.ExampleId)
            return Of(
                EmbeddedDatasets.Dragons.ReadText(),
                EmbeddedDatasets.Dragons.Name,
                start,
                count,
                TrainingSettings.DefaultValFrac
            );
        var run =
            RunFolder.OfModel(ModelFile.Resolve(model.Path))
            ?? throw new CorpusException(
                $"{model.Id} lies in no run, whose configuration would name its text; paste one."
            );
        var configuration = RunConfiguration.Parse(run.ReadConfig(), run.ConfigPath);
        var settings = configuration.Settings;
        var corpus = configuration.Corpus.FoundIn(run);
        string text = ReadAll(corpus, model.Id);
        return Of(
            text,
            corpus.Name,
            start,
            count,
            (settings.ValFrac ?? TrainingSettings.DefaultValFrac) + settings.TestFrac
        );
    }

    /// <summary>Reads all of the text of a run.</summary>
    /// <exception cref="CorpusException">It cannot be read here.</exception>
    public static string ReadAll(ReportedRun run) =>
        ReadAll(run.Configuration.Corpus.FoundIn(RunFolder.Open(run.Path)), run.Label);

    private static string ReadAll(CorpusRecord corpus, string name)
    {
        if (corpus.Labels is not null)
            throw new CorpusException($"{name} was trained on labelled records; paste a text, and name its label.");
        string source = corpus.Sources[0];
        return EmbeddedDatasets.Find(source) is { IsFolder: false } embedded ? embedded.ReadText()
            : File.Exists(source) ? ReadFile(source)
            : throw new CorpusException(
                $"the text of {name}, {OneLine.Quote(source)}, is not there or not one file; paste a text."
            );
    }

    private static CorpusSlice Of(string text, string name, long? start, int count, double heldOutShare)
    {
        long heldOut = (long)(text.Length * (1 - heldOutShare));
        long first = Math.Clamp(start ?? LineAfter(text, heldOut), 0, Math.Max(0, text.Length - 2));
        int length = (int)Math.Min(count, text.Length - first);
        string part = text.Substring((int)first, length);
        // Half a character at either end is none.
        if (part.Length > 0 && char.IsLowSurrogate(part[0]))
            part = part[1..];
        if (part.Length > 0 && char.IsHighSurrogate(part[^1]))
            part = part[..^1];
        return new CorpusSlice(part, first, name, heldOutShare > 0 && first >= heldOut);
    }

    private static long LineAfter(string text, long place)
    {
        int end = text.IndexOf('\n', (int)Math.Min(place, text.Length - 1));
        return end >= 0 && end + 1 < text.Length ? end + 1 : place;
    }

    private static string ReadFile(string path)
    {
        try
        {
            return File.ReadAllText(path, new UTF8Encoding(false, throwOnInvalidBytes: true));
        }
        catch (DecoderFallbackException)
        {
            throw new CorpusException($"{path} is not plain text in UTF-8; paste a text.");
        }
        catch (Exception refusal) when (refusal is IOException or UnauthorizedAccessException)
        {
            throw new CorpusException($"{path} cannot be read: {OneLine.Reason(refusal)}; paste a text.", refusal);
        }
    }
}
