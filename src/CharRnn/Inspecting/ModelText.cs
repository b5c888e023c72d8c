using CharRnn.Datasets;

namespace CharRnn.Inspecting;

/// <summary>Text as a model reads it, when it is looked at.</summary>
internal static class ModelText
{
    private const int MinSymbols = 2;
    private const ulong OrderSeed = 1;

    /// <summary>Encodes a text; of a model of records each line is one, between boundaries.</summary>
    /// <param name="model">The model.</param>
    /// <param name="text">The text.</param>
    /// <param name="skipUnknown">Whether characters that the model does not know are left out.</param>
    /// <param name="skipped">How many were.</param>
    /// <exception cref="SettingsException">It has characters that the model does not know.</exception>
    /// <exception cref="CorpusException">It is too short.</exception>
    public static SymbolIds Encode(LanguageModel model, string text, bool skipUnknown, out int skipped)
    {
        bool isRecords = model.Preparation.Records;
        string[] parts = isRecords ? text.Split('\n', StringSplitOptions.RemoveEmptyEntries) : [text];
        int? boundary = isRecords ? model.Vocabulary.BoundaryId : null;
        var ids = new List<int>();
        skipped = 0;
        foreach (string part in parts)
        {
            if (boundary is { } begin)
                ids.Add(begin);
            ids.AddRange(model.Encode(part, skipUnknown, out int lacking));
            skipped += lacking;
        }
        return ids.Count >= MinSymbols
            ? SymbolIds.Pack(ids.ToArray(), model.Vocabulary.Count)
            : throw new CorpusException($"the text has {ids.Count} characters; at least {MinSymbols} are needed.");
    }

    /// <summary>
    /// Labelled records in a random order, always the same. Data sets have them label by label, so that what is true of
    /// one part would be of few labels alone.
    /// </summary>
    /// <param name="ids">Records between boundaries, with their labels.</param>
    /// <param name="range">The records that are taken from, from one boundary to another.</param>
    /// <param name="boundary">Id of the boundary.</param>
    /// <param name="count">Number of symbols that are enough: records are whole.</param>
    public static SymbolIds InRandomOrder(SymbolIds ids, IdRange range, int boundary, long count)
    {
        int[] text = new int[checked((int)range.Length)];
        ids.CopyTo(range.Start, text);
        int[] starts = [.. Enumerable.Range(0, text.Length - 1).Where(i => text[i] == boundary)];
        int[] order = [.. Enumerable.Range(0, starts.Length)];
        CounterRandom.Shuffle(order, OrderSeed, RandomPurpose.InspectedOrder, which: 0);
        var packer = new RecordPacker(boundary);
        foreach (int record in order.TakeWhile(_ => packer.Count < count))
        {
            int start = starts[record] + 1,
                end = record + 1 < starts.Length ? starts[record + 1] : text.Length - 1;
            packer.Add(text.AsSpan(start, end - start), ids.Labels![range.Start + start]);
        }
        return packer.Pack(ids.VocabularyCount, ids.Labels!.VocabularyCount);
    }
}
