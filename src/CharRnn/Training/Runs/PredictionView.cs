using CharRnn.Datasets;
using CharRnn.Engine;

namespace CharRnn.Training;

/// <summary>One character of a text and the character that the model thought likeliest there.</summary>
/// <param name="Target">Character that came.</param>
/// <param name="Predicted">The likeliest.</param>
/// <param name="IsRight">Whether they are the same.</param>
internal readonly record struct PredictedCharacter(string Target, string Predicted, bool IsRight);

/// <summary>A passage of a text with the model's predictions.</summary>
/// <param name="Step">Steps done.</param>
/// <param name="Characters">The passage, character by character.</param>
internal sealed record PredictionReport(long Step, IReadOnlyList<PredictedCharacter> Characters);

/// <summary>Lets a model predict the same passage again and again, so that one can watch it learn.</summary>
internal static class PredictionView
{
    // Three lines of a terminal, after a line of reading into it.
    private const int DisplayedCharacters = 210,
        CharactersBefore = 70;

    /// <summary>
    /// The beginning of a part, predicted one character after another; of a short part, all but its first character.
    /// </summary>
    /// <param name="model">The model.</param>
    /// <param name="ids">The text.</param>
    /// <param name="part">The part, of at least two characters.</param>
    /// <param name="step">Steps done, for the report.</param>
    public static PredictionReport Of(LanguageModel model, SymbolIds ids, CorpusPart part, long step)
    {
        var range = part.Ranges[0];
        int before = (int)Math.Clamp(range.Length - 1 - DisplayedCharacters, 1, CharactersBefore);
        int[] passage = new int[Math.Min(range.Length, before + DisplayedCharacters)];
        ids.CopyTo(range.Start, passage);
        int? label = LabelAt(0);
        using var session = model.NewSession(label: label is { } first ? LabelBlend.Of(first, model.Labels) : null);
        var predicted = new List<PredictedCharacter>(DisplayedCharacters);
        for (int i = 0; i < passage.Length - 1; i++)
        {
            if (LabelAt(i) is { } now && now != label)
            {
                session.SetLabel(LabelBlend.Of(now, model.Labels));
                label = now;
            }
            var logits = session.Step(passage[i]);
            int target = passage[i + 1];
            if (i + 1 < before)
                continue;
            int likeliest = Softmax.ArgMax(logits, logits.Length);
            predicted.Add(
                new PredictedCharacter(
                    model.Vocabulary.Decode([target]),
                    model.Vocabulary.Decode([likeliest]),
                    target == likeliest
                )
            );
        }
        return new PredictionReport(step, predicted);

        int? LabelAt(int i) => ids.Labels?[range.Start + i];
    }
}
