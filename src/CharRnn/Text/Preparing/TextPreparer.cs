using System.Text;
using CharRnn.Networks;

namespace CharRnn.Datasets;

/// <summary>Normalises and folds short texts, one after another, with the same stages.</summary>
internal sealed class TextPreparer
{
    private readonly StringSink _prepared = new();
    private readonly PreparationPipeline? _pipeline;

    /// <param name="preparation">
    /// Of it, what is for any text: <see cref="TextPreparation.Normalize"/> and <see cref="TextPreparation.Fold"/>.
    /// </param>
    internal TextPreparer(TextPreparation preparation)
    {
        if (preparation.Normalize != Normalization.None || preparation.Fold != Folding.None)
            _pipeline = new PreparationPipeline(
                new PreparationPlan(new TextPreparation { Normalize = preparation.Normalize, Fold = preparation.Fold }),
                _prepared
            );
    }

    /// <summary>The prepared text.</summary>
    internal string Apply(string text)
    {
        // Neither normalising nor folding changes ASCII.
        if (_pipeline is null || Ascii.IsValid(text))
            return text;
        _pipeline.Append(StringSink.SymbolsOf(text));
        _pipeline.EndSource();
        return _prepared.Take();
    }
}
