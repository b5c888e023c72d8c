using System.CommandLine;
using CharRnn.Cli.Flags;
using CharRnn.Training;

namespace CharRnn.Cli.Commands;

/// <summary>The texts of a run, read with one vocabulary. Disposing frees the files of large ones.</summary>
/// <param name="Corpus">Training text.</param>
/// <param name="Validation">Validation text, where that is one of its own.</param>
/// <param name="Notes">Messages about the vocabulary, a line each.</param>
internal sealed record TrainTexts(Corpus Corpus, Corpus? Validation, IReadOnlyList<string> Notes) : IDisposable
{
    /// <summary>
    /// Reads the texts with a vocabulary that has the symbols of all. A text whose own symbols are all there are is
    /// read once; otherwise it is read again with the others'.
    /// </summary>
    /// <param name="readCorpus">Reads the training text, with a vocabulary or with its own.</param>
    /// <param name="readValidation">Reads the validation text; null where it is a part of the other.</param>
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

/// <summary><c>charrnn train --labelled</c>: CORPUS is labelled records, and one model learns all labels.</summary>
/// <param name="shell">The surroundings.</param>
/// <param name="corpus">CORPUS and its preparation.</param>
/// <param name="valFile">The flag for a text to validate on, which labelled records do not go with.</param>
internal sealed class LabeledTexts(Shell shell, CorpusArgument corpus, Option valFile)
{
    private readonly Option<bool> _labeled = new("--labelled", "--labeled")
    {
        Description =
            "CORPUS is labelled records: a folder with one file for each label and one text a line, a .tsv "
            + $"or .csv file, or a name from 'charrnn data list' (default: {EmbeddedDatasets.Names.Name}). One "
            + "model learns all labels, and 'charrnn sample --label' writes by them.",
    };

    /// <summary>Gives the verb the flags.</summary>
    public void AddTo(VerbCommand verb) => verb.Add(FlagGroup.Labels, _labeled);

    /// <summary>Whether labelled records are asked for.</summary>
    public bool IsAsked(SettingSources sources) => sources.Parsed.GetValue(_labeled);

    /// <summary>Whether a run learns labelled records.</summary>
    /// <exception cref="SettingsException">They are asked for, and the run does not.</exception>
    public bool IsOf(RunConfiguration configuration, SettingSources sources) =>
        configuration.Corpus.Labels is not null
        || (
            IsAsked(sources)
                ? throw new SettingsException(
                    $"{_labeled.Name} differs from the run, whose text has no labels; leave it out, or start a new run."
                )
                : false
        );

    /// <summary>The name of the data.</summary>
    public string NameOf(SettingSources sources) => LabeledData.NameOf(NamedIn(sources));

    /// <summary>Reads the records of a new run.</summary>
    /// <param name="settings">The run's settings.</param>
    /// <param name="widen">Adds symbols of elsewhere to the records'.</param>
    /// <param name="sources">The command line.</param>
    /// <exception cref="CorpusException">They are not there, or are no such data.</exception>
    /// <exception cref="SettingsException">A flag does not go with them.</exception>
    public TrainTexts Read(TrainingSettings settings, Func<Vocabulary, Vocabulary> widen, SettingSources sources)
    {
        FlagConflict.Refuse(
            sources.Parsed,
            _labeled,
            "which reads labelled records of UTF-8 and holds some of each label out",
            [valFile, .. corpus.FlagsOfUnlabelled]
        );
        corpus.RequireCharacters(sources, _labeled);
        return Texts(
            NamedIn(sources),
            corpus.LabeledColumnsOf(sources),
            corpus.PreparationOf(sources),
            settings,
            widen
        );
    }

    /// <summary>
    /// Reads those of a run that is resumed or replayed: the named data, or else those that the run was trained on.
    /// </summary>
    /// <inheritdoc cref="Read"/>
    public TrainTexts ReadAgain(
        RunConfiguration configuration,
        Func<Vocabulary, Vocabulary> widen,
        SettingSources sources
    )
    {
        var trainedOn = configuration.Corpus;
        var preparation = corpus.PreparationOf(sources, trainedOn.Preparation with { Records = false });
        var (named, from) = NamedIn(sources) is { } other
            ? (other, corpus.LabeledColumnsOf(sources))
            : (
                MovedText.RequireThere(trainedOn.Sources, "name where it is now before --resume")[0],
                corpus.LabeledColumnsOf(sources).Or(trainedOn.LabeledSource)
            );
        return Texts(named, from, preparation, configuration.Settings, widen);
    }

    private TrainTexts Texts(
        string? named,
        LabeledColumns from,
        TextPreparation preparation,
        TrainingSettings settings,
        Func<Vocabulary, Vocabulary> widen
    )
    {
        var records = new LabeledData(shell).Load(named, from, preparation, LabeledPurpose.Learning);
        var texts = TrainTexts.Read(
            vocabulary => LabeledCorpus.Of(records, settings, vocabulary),
            readValidation: null,
            widen
        );
        string[] notes =
        [
            .. settings.IgnoreLabels
                ? ["labels are left out: the model learns the texts alone."]
                : Array.Empty<string>(),
            .. settings.KeepRepeats && records.RepeatedCount > 0
                ? ["repeated texts are learnt as often as they come, and held out they are there once."]
                : Array.Empty<string>(),
        ];
        return texts with { Notes = [.. texts.Notes, .. notes] };
    }

    private string? NamedIn(SettingSources sources) =>
        corpus.NamedIn(sources) switch
        {
            [] => null,
            [var only] => only,
            var several => throw new SettingsException(
                $"{several.Length} data sets are named, and {_labeled.Name} learns one; put the files into one "
                    + "folder, or name one."
            ),
        };
}
