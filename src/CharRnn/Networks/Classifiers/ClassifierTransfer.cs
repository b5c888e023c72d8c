namespace CharRnn.Networks;

/// <summary>
/// Transfer of weights from a classifier to another of the same network with other symbols or labels. What belongs to a
/// symbol (its embedding or one-hot column) goes where that symbol is now, and what belongs to a label (its row of the
/// head and its bias) where that label is; symbols and labels that the source lacks keep their fresh weights.
/// </summary>
internal static class ClassifierTransfer
{
    /// <summary>Overwrites the weights of <paramref name="destination"/> with all that the source has for it.</summary>
    /// <exception cref="SettingsException">The networks differ.</exception>
    public static void Copy(SequenceClassifier source, SequenceClassifier destination)
    {
        if (NetworkOf(source) != NetworkOf(destination))
            throw new SettingsException(
                $"the model to start from has the network {source.Spec}, and the run {destination.Spec}; they "
                    + "must be the same but for vocabulary, labels and dropout."
            );
        int?[] symbols =
        [
            .. source
                .Vocabulary.Symbols.ToArray()
                .Select(symbol => destination.Vocabulary.TryGetId(symbol, out int id) ? (int?)id : null),
        ];
        int?[] labels = TensorTransfer.PlacesOf(source.Labels, destination.Labels);
        bool isOneHot = source.Spec.EmbeddingSize == 0;
        foreach (var to in destination.Layout.Tensors)
        {
            var from = source.Layout.Tensors.Single(other => other.Name == to.Name);
            bool isFirstInput = to.Name is "rnn.weight_ih_l0" or "rnn.weight_ih_l0_reverse";
            int?[] rows = to.Name switch
            {
                "embedding.weight" => symbols,
                "head.weight" or "head.bias" => labels,
                _ => TensorTransfer.Same(from.Rows),
            };
            int?[] columns = isOneHot && isFirstInput ? symbols : TensorTransfer.Same(from.Columns);
            TensorTransfer.Copy(from, source.Weights, rows, columns, to, destination.Weights);
        }
    }

    // Dropout is a matter of training, and shows in no weight.
    private static ClassifierSpec NetworkOf(SequenceClassifier model) =>
        model.Spec with
        {
            VocabularySize = 1,
            LabelCount = 2,
            Dropout = 0,
            OutputDropout = 0,
            EmbeddingDropout = 0,
        };
}
