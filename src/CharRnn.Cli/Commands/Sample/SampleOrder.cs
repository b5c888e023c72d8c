using CharRnn.Cli.Rendering;

namespace CharRnn.Cli.Commands;

/// <summary>Texts that are asked of a model.</summary>
/// <param name="Prompts">The ids that texts begin with; at least one prompt, which may be empty.</param>
/// <param name="Count">Number of texts after each prompt.</param>
/// <param name="Options">Choice of characters.</param>
/// <param name="Bounds">Bounds of their length.</param>
/// <param name="Stop">The ids of a text before which each ends; null for none.</param>
/// <param name="IsEchoed">Whether prompts are written too.</param>
/// <param name="IsNovel">Whether the training text is compared with.</param>
internal sealed record SampleOrder(
    IReadOnlyList<int[]> Prompts,
    int Count,
    SamplingOptions Options,
    LengthBounds Bounds,
    int[]? Stop,
    bool IsEchoed,
    bool IsNovel
)
{
    /// <summary>The part of a prompt that is written.</summary>
    public int[] Echo(int[] prompt) => IsEchoed ? prompt : [];

    /// <summary>What is known of a text before it is sampled.</summary>
    /// <param name="model">The model.</param>
    /// <param name="prompt">The prompt.</param>
    /// <param name="sample">Number of the text among those of its prompt, from 1.</param>
    public SampleHeading Heading(LanguageModel model, int[] prompt, int sample) =>
        new(model.Vocabulary.Decode(prompt), sample, Options.Seed);
}
