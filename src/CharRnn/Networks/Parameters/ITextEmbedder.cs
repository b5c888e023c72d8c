namespace CharRnn;

/// <summary>
/// Embedder of texts: for each text a vector that the network's states are pooled to, so that texts can be compared,
/// searched and grouped by their vectors. A text has the same bits whatever is beside it, and for any number of
/// threads. Several threads may embed with one model at once.
/// </summary>
/// <remarks>
/// Vectors have length 1 by default, as is usual: the product of two is then their cosine, and a search by products, by
/// cosines or by distances has one ranking.
/// </remarks>
public interface ITextEmbedder
{
    /// <summary>Size of a text's vector.</summary>
    int EmbeddingSize { get; }

    /// <summary>The vectors of texts, which are prepared and encoded as the model's training texts were.</summary>
    /// <param name="texts">The texts; at least one character each.</param>
    /// <param name="threads">Number of threads that share the work; 1 by default.</param>
    /// <param name="normalize">Whether vectors are divided by their length; by default they are.</param>
    /// <param name="cancellationToken">Stops early with an <see cref="OperationCanceledException"/>.</param>
    /// <returns>For each text, in order, (<see cref="EmbeddingSize"/>).</returns>
    /// <exception cref="SettingsException">
    /// A text is empty, or has a character that the vocabulary lacks, which has no unknown symbol.
    /// </exception>
    /// <exception cref="ModelException">A vector is not of numbers.</exception>
    float[][] Embed(
        IReadOnlyList<string> texts,
        int threads = 1,
        bool normalize = true,
        CancellationToken cancellationToken = default
    );

    /// <summary>The vectors of texts that are encoded already.</summary>
    /// <param name="texts">The ids of each text's characters; at least one each.</param>
    /// <param name="threads">Number of threads that share the work; 1 by default.</param>
    /// <param name="normalize">Whether vectors are divided by their length; by default they are.</param>
    /// <param name="cancellationToken">Stops early with an <see cref="OperationCanceledException"/>.</param>
    /// <returns>For each text, in order, (<see cref="EmbeddingSize"/>).</returns>
    /// <exception cref="SettingsException">A text is empty.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The vocabulary has no such id.</exception>
    /// <exception cref="ModelException">A vector is not of numbers.</exception>
    float[][] Embed(
        IReadOnlyList<int[]> texts,
        int threads = 1,
        bool normalize = true,
        CancellationToken cancellationToken = default
    );

    /// <summary>Number of this machine's cores that can share the work on some texts, so that it gets faster.</summary>
    /// <param name="streams">Number of texts.</param>
    int UsefulThreads(int streams);
}

/// <summary>What embedders do with texts before, and with vectors after.</summary>
internal static class TextEmbedding
{
    /// <summary>The texts' numbers, the longest first, so that the first batch of each kind is the largest.</summary>
    /// <exception cref="SettingsException">A text is empty.</exception>
    public static int[] LongestFirst(IReadOnlyList<int[]> texts)
    {
        int[] order = new int[texts.Count];
        int[] keys = new int[texts.Count];
        for (int i = 0; i < order.Length; i++)
        {
            if (texts[i].Length == 0)
                throw new SettingsException(
                    $"text {i + 1} of {texts.Count} is empty; a text of at least one character is needed."
                );
            (order[i], keys[i]) = (i, -texts[i].Length);
        }
        Array.Sort(keys, order);
        return order;
    }

    /// <summary>A text's vector from its pooled state.</summary>
    /// <param name="pooled">The pooled state.</param>
    /// <param name="normalize">Whether it is divided by its length; a state of zeros has none, and stays.</param>
    /// <param name="number">Number of the text, from 0, for messages.</param>
    /// <exception cref="ModelException">It is not of numbers.</exception>
    public static float[] ToVector(ReadOnlySpan<double> pooled, bool normalize, int number)
    {
        double squares = 0;
        foreach (double value in pooled)
            squares += value * value;
        if (!double.IsFinite(squares))
            throw new ModelException(
                $"the state of the model after text {number + 1} is not of numbers: its weights are damaged, or "
                    + "training had diverged; use an earlier checkpoint."
            );
        double length = normalize && squares > 0 ? Math.Sqrt(squares) : 1;
        float[] vector = new float[pooled.Length];
        for (int i = 0; i < vector.Length; i++)
            vector[i] = (float)(pooled[i] / length);
        return vector;
    }
}
