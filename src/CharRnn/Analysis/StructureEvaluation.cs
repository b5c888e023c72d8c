using CharRnn.Datasets;

namespace CharRnn.Analysis;

/// <summary>How far a measurement of structure is.</summary>
/// <param name="IsSampling">Whether samples are being written; after that the text is read.</param>
/// <param name="Characters">Characters written, or read.</param>
/// <param name="Total">How many there will be.</param>
internal readonly record struct StructureProgress(bool IsSampling, long Characters, long Total);

/// <summary>How well-formed what a model writes is, beside the text it is compared with.</summary>
/// <param name="Samples">How many samples were written.</param>
/// <param name="SampleLength">How many characters each has; the text is measured in pieces of this length.</param>
/// <param name="Sample">What comes in pairs in the samples.</param>
/// <param name="Text">What comes in pairs in the text.</param>
/// <param name="Words">How many whole words the samples have.</param>
/// <param name="KnownWords">How many of those the text has too.</param>
/// <param name="Copied">What the samples have of the text word for word.</param>
/// <param name="LongestCopied">The longest copied span, as a text; empty where there is none.</param>
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
    /// <summary>The most characters that can be sampled.</summary>
    public const int MaxCharacters = CopyDetector.MaxCharacters;

    // Long enough that the end of a sample cuts little off, and several so that they are written side by side.
    private const int DefaultSampleLength = 5000;
    private const int MaxSamples = 64;

    /// <summary>The share of the samples' words that the text has; null where they have none.</summary>
    public double? KnownWordShare => Words > 0 ? (double)KnownWords / Words : null;

    /// <summary>Samples from a model, without a prompt and at temperature 1, and measures.</summary>
    /// <param name="model">The model.</param>
    /// <param name="text">The text to compare with, in the model's vocabulary.</param>
    /// <param name="characters">About how many characters to sample, 1 to <see cref="MaxCharacters"/>.</param>
    /// <param name="seed">What the samples are drawn from.</param>
    /// <param name="progress">Told now and then how far it is; null for nobody.</param>
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
