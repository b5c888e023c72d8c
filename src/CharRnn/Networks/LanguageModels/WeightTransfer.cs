using CharRnn.Datasets;
using CharRnn.Engine;

namespace CharRnn.Networks;

/// <summary>
/// Transfer of weights from one model to another of the same network whose vocabulary has more symbols. What belongs
/// to a symbol (its embedding or one-hot row, its row of the head and its bias) goes where that symbol's id is now, and
/// what belongs to a label where that label's is; what belongs to one that was added stays as it was. A label that the
/// new model does not have is left out.
/// </summary>
internal static class WeightTransfer
{
    /// <summary>
    /// Overwrites the weights of <paramref name="destination"/> with all that <paramref name="source"/> has.
    /// </summary>
    /// <exception cref="SettingsException">
    /// The networks differ, the destination's vocabulary lacks a symbol of the source's, or one has labels and the
    /// other none.
    /// </exception>
    public static void Copy(LanguageModel source, LanguageModel destination)
    {
        if (source.Labels.Count > 0 != destination.Labels.Count > 0)
        {
            throw new SettingsException(
                source.Labels.Count > 0
                    ? "the model to start from has learnt texts by their labels, and this text has none; train on "
                        + "labelled records with 'Labeled', or start from another model."
                    : "the model to start from was trained without labels; leave 'Labeled' out, or start from a model "
                        + "that was trained with it."
            );
        }
        if (NetworkOf(source) != NetworkOf(destination))
            throw new SettingsException(
                $"the model to start from has the network {source.Spec}, and the run {destination.Spec}; they "
                    + "must be the same but for vocabulary, labels and dropout."
            );
        int?[] symbols = PlacesIn(destination.Vocabulary, source.Vocabulary);
        int?[] labels = TensorTransfer.PlacesOf(source.Labels, destination.Labels);
        int?[] inputs = InputPlaces(source.Spec, destination.Spec, symbols, labels);
        foreach (var tensor in destination.Layout.Tensors)
        {
            var from = source.Layout.Tensors.Single(other => other.Name == tensor.Name);
            var (rows, columns) = tensor.Name switch
            {
                "embedding.weight" => (symbols, TensorTransfer.Same(from.Columns)),
                "label_embedding.weight" => (labels, TensorTransfer.Same(from.Columns)),
                "rnn.weight_ih_l0" => (TensorTransfer.Same(from.Rows), inputs),
                "head.weight" or "head.bias" => (symbols, TensorTransfer.Same(from.Columns)),
                _ => (TensorTransfer.Same(from.Rows), TensorTransfer.Same(from.Columns)),
            };
            TensorTransfer.Copy(from, source.Weights, rows, columns, tensor, destination.Weights);
        }
    }

    /// <summary>
    /// New places of the columns of the first layer's input weights: one for each symbol and label that is fed one-hot,
    /// or for each number of an embedding.
    /// </summary>
    private static int?[] InputPlaces(ModelSpec source, ModelSpec destination, int?[] symbols, int?[] labels)
    {
        int?[] ofSymbols = source.EmbeddingSize > 0 ? TensorTransfer.Same(source.EmbeddingSize) : symbols;
        int?[] ofLabels = source.LabelEmbeddingSize > 0 ? TensorTransfer.Same(source.LabelEmbeddingSize) : labels;
        return [.. ofSymbols, .. ofLabels.Select(place => place + destination.SymbolInputSize)];
    }

    // Dropout is a matter of training, and shows in no weight.
    private static ModelSpec NetworkOf(LanguageModel model) =>
        model.Spec with
        {
            VocabularySize = 1,
            LabelCount = 0,
            Dropout = 0,
            OutputDropout = 0,
            LogitDropout = 0,
            ResetId = null,
        };

    private static int?[] PlacesIn(Vocabulary larger, Vocabulary smaller)
    {
        int?[] places = new int?[smaller.Count];
        for (int id = 0; id < places.Length; id++)
        {
            if (!larger.TryGetId(smaller.Symbols[id], out int place))
                throw new SettingsException(
                    $"the vocabulary lacks {SymbolNames.WithCode(smaller.Symbols[id], smaller.Encoding)}, which the "
                        + "model to start from knows; it must have all of the model's symbols."
                );
            places[id] = place;
        }
        return places;
    }
}
