using CharRnn.Text;

namespace CharRnn.Models;

/// <summary>
/// Carries weights over from one model to another of the same network whose vocabulary has more symbols. What belongs to a symbol (its embedding or one-hot row, its row of the
/// head and its bias) goes where that symbol's id is now; what belongs to a symbol that was added stays as it was.
/// </summary>
internal static class WeightTransfer
{
    /// <summary>Overwrites the weights of <paramref name="destination"/> with all that <paramref name="source"/> has.</summary>
    /// <exception cref="SettingsException">The networks differ, or the destination's vocabulary lacks a symbol of the source's.</exception>
    public static void Copy(LanguageModel source, LanguageModel destination)
    {
        if (NetworkOf(source) != NetworkOf(destination))
            throw new SettingsException($"the model to start from has the network {source.Spec}, and the run {destination.Spec}; they must be the same but for vocabulary and dropout.");
        int[] places = PlacesIn(destination.Vocabulary, source.Vocabulary);
        foreach (var tensor in destination.Layout.Tensors)
        {
            var from = source.Layout.Tensors.Single(other => other.Name == tensor.Name);
            float[] old = from.CopyFrom(source.Weights);
            // With as many symbols as before, the symbols are those from before.
            bool isSame = (from.Rows, from.Columns) == (tensor.Rows, tensor.Columns);
            tensor.CopyTo(isSame ? old : Spread(from, old, tensor, tensor.CopyFrom(destination.Weights), places), destination.Weights);
        }
    }

    /// <summary>Puts old values among fresh ones; where the tensors differ in a dimension, that one counts symbols.</summary>
    private static float[] Spread(ParameterTensor from, float[] old, ParameterTensor tensor, float[] fresh, int[] places)
    {
        bool byRow = from.Rows != tensor.Rows, byColumn = from.Columns != tensor.Columns;
        for (int row = 0, i = 0; row < from.Rows; row++)
        {
            int start = (byRow ? places[row] : row) * tensor.Columns;
            for (int column = 0; column < from.Columns; column++, i++) fresh[start + (byColumn ? places[column] : column)] = old[i];
        }
        return fresh;
    }

    // Dropout is a matter of training, and shows in no weight.
    private static ModelSpec NetworkOf(LanguageModel model) => model.Spec with { VocabularySize = 1, Dropout = 0, OutputDropout = 0, ResetId = null };

    private static int[] PlacesIn(Vocabulary larger, Vocabulary smaller)
    {
        var places = new int[smaller.Count];
        for (int id = 0; id < places.Length; id++)
        {
            if (!larger.TryGetId(smaller.Symbols[id], out places[id]))
                throw new SettingsException($"the vocabulary lacks {SymbolNames.WithCode(smaller.Symbols[id], smaller.Encoding)}, which the model to start from knows; it must have all of the model's symbols.");
        }
        return places;
    }
}
