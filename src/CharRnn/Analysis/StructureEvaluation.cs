namespace CharRnn.Analysis;

/// <summary>Progress of a structure evaluation.</summary>
/// <param name="IsSampling">Whether samples are being written; the text is read afterwards.</param>
/// <param name="Characters">Characters written, or read.</param>
/// <param name="Total">The total number of characters to write, or to read.</param>
internal readonly record struct StructureProgress(bool IsSampling, long Characters, long Total);

/// <summary>Structure of a model's samples, compared with that of a text.</summary>
/// <param name="Samples">Number of samples.</param>
/// <param name="SampleLength">Number of characters of each; the text is measured in pieces of this length.</param>
/// <param name="Sample">The paired constructs of the samples.</param>
/// <param name="Text">The paired constructs of the text.</param>
/// <param name="Words">Number of whole words in the samples.</param>
/// <param name="KnownWords">Number of those that the text has too.</param>
/// <param name="Copied">The spans that the samples copy from the text.</param>
/// <param name="LongestCopied">The longest copied span as a string; empty if there is none.</param>
internal sealed record StructureEvaluation(
    int Samples,
    int SampleLength,
    TextStructure Sample,
    TextStructure Text,
    long Words,
    long KnownWords,
    CopyReport Copied,
    string LongestCopied
)
{
    /// <summary>Max characters that can be sampled.</summary>
    public const int MaxCharacters = CopyDetector.MaxCharacters;

    // Long enough that a sample's end cuts off little, and several of them so that they are written in parallel.
    private const int DefaultSampleLength = 5000;
    private const int MaxSamples = 64;

    /// <summary>Share of the samples' words that the text has; null if they have no words.</summary>
    public double? KnownWordShare => Words > 0 ? (double)KnownWords / Words : null;

    /// <summary>
    /// Samples from a model, without a prompt and at temperature 1, and measures the samples and the text.
    /// </summary>
    /// <param name="model">The model.</param>
    /// <param name="text">The text to compare with, in the model's vocabulary.</param>
    /// <param name="characters">About how many characters to sample, 1 to <see cref="MaxCharacters"/>.</param>
    /// <param name="seed">Seed of the samples.</param>
    /// <param name="progress">Receives the progress at intervals; null for none.</param>
    /// <param name="cancellationToken">Stops early with an <see cref="OperationCanceledException"/>.</param>
    /// <exception cref="SettingsException">The number cannot be used.</exception>
    /// <exception cref="ModelException">The model's output is not a number.</exception>
    public static StructureEvaluation Run(
        LanguageModel model,
        SymbolIds text,
        int characters,
        ulong seed,
        IProgress<StructureProgress>? progress = null,
        CancellationToken cancellationToken = default
    )
    {
        if (characters is < 1 or > MaxCharacters)
            throw new SettingsException($"'StructureChars' is {characters}; it must be from 1 to {MaxCharacters}.");
        int samples = Math.Clamp(characters / DefaultSampleLength, 1, MaxSamples);
        int length = (characters + samples - 1) / samples;
        int[][] written = Write(model, samples, length, seed, progress, cancellationToken);

        var (ofSamples, ofText) = (new StructureMeter(length), new StructureMeter(length));
        var lexicon = new Lexicon();
        var copies = new CopyDetector(written);
        long read = 0;
        foreach (int[] block in TextScalars.Read(text, model.Vocabulary))
        {
            cancellationToken.ThrowIfCancellationRequested();
            progress?.Report(new StructureProgress(IsSampling: false, read += block.Length, text.Length));
            ofText.Read(block);
            lexicon.Read(block);
            copies.Read(block);
        }
        ofText.EndPiece();
        lexicon.EndText();

        long words = 0,
            known = 0;
        foreach (int[] sample in written)
        {
            ofSamples.Read(sample);
            ofSamples.EndPiece();
            var found = lexicon.Look(sample);
            words += found.Words;
            known += found.Known;
        }
        var copied = copies.Report();
        string longest = copied.Longest is { } span
            ? TextScalars.ToText(written[span.Sample].AsSpan(span.SampleStart, span.Length))
            : "";
        return new StructureEvaluation(
            samples,
            length,
            ofSamples.Structure,
            ofText.Structure,
            words,
            known,
            copied,
            longest
        );
    }

    private static int[][] Write(
        LanguageModel model,
        int samples,
        int length,
        ulong seed,
        IProgress<StructureProgress>? progress,
        CancellationToken cancellationToken
    )
    {
        using var generator = new BatchGenerator(
            model,
            prompt: [],
            new SamplingOptions { Seed = seed },
            samples,
            threads: model.UsefulThreads(samples)
        );
        int[][] ids = [.. Enumerable.Range(0, samples).Select(_ => new int[length])];
        for (int i = 0; i < length; i++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            progress?.Report(new StructureProgress(IsSampling: true, (long)i * samples, (long)length * samples));
            var next = generator.Next();
            for (int sample = 0; sample < samples; sample++)
                ids[sample][i] = next[sample];
        }
        return [.. ids.Select(sample => TextScalars.Of(sample, model.Vocabulary))];
    }
}
