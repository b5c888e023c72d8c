using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace CharRnn.Tests.Reference;

/// <summary>
/// What min-char-rnn in NumPy does on a small text: Fixtures/min_char_rnn.json, written by Fixtures/min_char_rnn.py. The initial weights are
/// those of <see cref="CharRnn.Reference.MinCharRnn.InitialModel"/>. Iterations count from 0; a loss is of the window before its update.
/// </summary>
public sealed record MinCharRnnTrace(
    string TextSha256, int Characters, int Vocabulary, int Hidden, int Steps, ulong Seed,
    double[] FirstWeights, double[] LastWeights, MinCharRnnTrace.Run Slow, MinCharRnnTrace.Run Fast)
{
    /// <summary>One training run.</summary>
    /// <param name="LearningRate">Adagrad's rate.</param>
    /// <param name="Points">Some iterations, ascending.</param>
    /// <param name="SmoothedAt">The smoothed loss far later; of the fast run alone.</param>
    public sealed record Run(double LearningRate, Point[] Points, LatePoint? SmoothedAt);

    /// <summary>One iteration's loss, in nats summed over its window, and the smoothed loss after it.</summary>
    public sealed record Point(int Iteration, double Loss, double Smoothed);

    /// <summary>The smoothed loss after one iteration.</summary>
    public sealed record LatePoint(int Iteration, double Smoothed);

    /// <summary>The text as ids: places in its sorted distinct characters.</summary>
    public int[] Ids { get; private init; } = [];

    public static MinCharRnnTrace Load()
    {
        string folder = Path.Combine(AppContext.BaseDirectory, "Fixtures");
        byte[] content = File.ReadAllBytes(Path.Combine(folder, "min_char_rnn_text.txt"));
        var trace = JsonSerializer.Deserialize<MinCharRnnTrace>(
            File.ReadAllText(Path.Combine(folder, "min_char_rnn.json")), JsonSerializerOptions.Web)!;
        Assert.Equal(trace.TextSha256, Convert.ToHexStringLower(SHA256.HashData(content)));

        string text = Encoding.UTF8.GetString(content);
        char[] vocabulary = [.. text.Distinct().Order()];
        return trace with { Ids = [.. text.Select(character => Array.BinarySearch(vocabulary, character))] };
    }
}
