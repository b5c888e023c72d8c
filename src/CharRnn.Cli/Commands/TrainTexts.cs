using CharRnn.Text;

namespace CharRnn.Cli.Commands;

/// <summary>The texts of a run, read with one vocabulary. Disposing gives back what large ones lie in.</summary>
/// <param name="Corpus">What is trained on.</param>
/// <param name="Validation">What is validated on, where that is a text of its own.</param>
/// <param name="Notes">What the user is told of the vocabulary.</param>
internal sealed record TrainTexts(Corpus Corpus, Corpus? Validation, IReadOnlyList<string> Notes) : IDisposable
{
    /// <summary>
    /// Reads the texts with a vocabulary that has the symbols of all. A text whose own symbols are all there are is read once; otherwise it is read again with the others'.
    /// </summary>
    /// <param name="readCorpus">Reads what is trained on, with a vocabulary or with its own.</param>
    /// <param name="readValidation">Reads what is validated on; null where it is a part of the other.</param>
    /// <param name="widen">Adds symbols of elsewhere to the texts'.</param>
    public static TrainTexts Read(Func<Vocabulary?, Corpus> readCorpus, Func<Vocabulary?, Corpus>? readValidation, Func<Vocabulary, Vocabulary> widen)
    {
        Vocabulary? validated = null;
        // First, since it is the shorter one to wait for when it is not there.
        if (readValidation is not null)
        {
            using var own = readValidation(null);
            validated = own.Vocabulary;
        }
        var corpus = readCorpus(null);
        try
        {
            var both = validated is null ? corpus.Vocabulary : corpus.Vocabulary.With(validated);
            string[] notes = ReferenceEquals(both, corpus.Vocabulary) ? [] : [NoteOn(both, corpus.Vocabulary)];
            var vocabulary = widen(both);
            if (!ReferenceEquals(vocabulary, corpus.Vocabulary))
            {
                corpus.Dispose();
                corpus = readCorpus(vocabulary);
            }
            return new TrainTexts(corpus, readValidation?.Invoke(vocabulary), notes);
        }
        catch
        {
            corpus.Dispose();
            throw;
        }
    }

    public void Dispose()
    {
        Corpus.Dispose();
        Validation?.Dispose();
    }

    private static string NoteOn(Vocabulary both, Vocabulary trained)
    {
        int[] added = [.. both.Symbols.ToArray().Where(symbol => !trained.TryGetId(symbol, out _))];
        return $"what the validation text has and the training text lacks ({added.Length}: {Vocabulary.Describe(added, both.Encoding)}) is in the vocabulary, and never trained on.";
    }
}
