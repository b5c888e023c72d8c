using CharRnn.Datasets;

namespace CharRnn.Inspecting;

/// <summary>Text as a model reads it, when it is looked at.</summary>
internal static class ModelText
{
    private const int MinSymbols = 2;

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
}
