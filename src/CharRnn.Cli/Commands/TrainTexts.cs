namespace CharRnn.Cli.Commands;

/// <summary>The texts of a run, read with one vocabulary. Disposing gives back what large ones lie in.</summary>
/// <param name="Corpus">What is trained on.</param>
/// <param name="Validation">What is validated on, where that is a text of its own.</param>
/// <param name="Notes">What the user is told of the vocabulary.</param>
internal sealed record TrainTexts(Corpus Corpus, Corpus? Validation, IReadOnlyList<string> Notes) : IDisposable
{
    /// <summary>
    /// Reads the texts with a vocabulary that has the symbols of all. A text whose own symbols are all there are is
    /// read once; otherwise it is read again with the others'.
    /// </summary>
    /// <param name="readCorpus">Reads what is trained on, with a vocabulary or with its own.</param>
    /// <param name="readValidation">Reads what is validated on; null where it is a part of the other.</param>
    /// <param name="widen">Adds symbols of elsewhere to the texts'.</param>
    public static TrainTexts Read(
        Func<Vocabulary?, Corpus> readCorpus,
        Func<Vocabulary?, Corpus>? readValidation,
        Func<Vocabulary, Vocabulary> widen
    )
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
            var vocabulary = widen(validated is null ? corpus.Vocabulary : WithSymbolsOf(validated, corpus));
            string[] notes = validated is null ? [] : [.. NotesOn(validated, corpus.Vocabulary, vocabulary)];
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

    // Where rare characters become the unknown symbol, those that never come are the rarest.
    private static Vocabulary WithSymbolsOf(Vocabulary validated, Corpus corpus)
    {
        bool lacksSome = validated.Symbols.ToArray().Any(symbol => !corpus.Vocabulary.TryGetId(symbol, out _));
        return !lacksSome ? corpus.Vocabulary
            : corpus.Preparation.MinCount > 1
                ? corpus.Vocabulary.With(new Vocabulary([Vocabulary.UnknownSymbol], validated.Encoding))
            : corpus.Vocabulary.With(validated);
    }

    private static IEnumerable<string> NotesOn(Vocabulary validated, Vocabulary trained, Vocabulary vocabulary)
    {
        var foreign = validated
            .Symbols.ToArray()
            .Where(symbol => !trained.TryGetId(symbol, out _))
            .ToLookup(symbol => vocabulary.TryGetId(symbol, out _));
        int[] known = [.. foreign[true]],
            unknown = [.. foreign[false]];
        if (known.Length > 0)
            yield return $"what the validation text has and the training text lacks ({known.Length}: "
                + $"{Vocabulary.Describe(known, vocabulary.Encoding)}) is in the vocabulary, and never trained on.";
        if (unknown.Length > 0)
            yield return $"what the validation text has and the vocabulary lacks ({unknown.Length}: "
                + $"{Vocabulary.Describe(unknown, vocabulary.Encoding)}) is read as the unknown symbol.";
    }
}
