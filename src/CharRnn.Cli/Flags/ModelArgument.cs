using System.CommandLine;
using CharRnn.Checkpoints;
using CharRnn.Cli.Rendering;

namespace CharRnn.Cli.Flags;

/// <summary><c>MODEL</c>: a run folder, or one file in safetensors.</summary>
internal sealed class ModelArgument
{
    private readonly Argument<string> _model = new("MODEL") { Description = "A run folder, or one .safetensors file." };

    /// <summary>Gives the verb the argument.</summary>
    public void AddTo(Command verb) => verb.Add(_model);

    /// <summary>The file that was meant.</summary>
    /// <exception cref="ModelException">There is none.</exception>
    public string FileOf(ParseResult parsed) => ModelFile.Resolve(parsed.GetRequiredValue(_model));

    /// <summary>Reads a classifier.</summary>
    /// <exception cref="ModelException">There is none, or it cannot be read.</exception>
    public SequenceClassifier LoadClassifier(ParseResult parsed, WeightFormat weights = WeightFormat.F32) =>
        SequenceClassifier.Load(FileOf(parsed), weights);

    /// <summary>Reads a language model.</summary>
    /// <exception cref="ModelException">There is none, or it cannot be read.</exception>
    public LanguageModel Load(ParseResult parsed, WeightFormat weights = WeightFormat.F32) =>
        LanguageModel.Load(FileOf(parsed), weights);
}
