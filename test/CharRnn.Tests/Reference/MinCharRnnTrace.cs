using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using CharRnn.Engine;
using CharRnn.Reference;

namespace CharRnn.Tests;

/// <summary>
/// What min-char-rnn in NumPy does on a small text: Fixtures/min_char_rnn.json, written by Fixtures/min_char_rnn.py.
/// The initial weights are those of <see cref="MinCharRnn.InitialModel"/>. The slow and the fast run read
/// <see cref="TextIds"/>, the late one <see cref="ChainIds"/>, on which a run at rate 0.1 ends where any other does.
/// </summary>
public sealed record MinCharRnnTrace(
    string TextSha256,
    string ChainSha256,
    ulong ChainSeed,
    int ChainLength,
    int Vocabulary,
    int Hidden,
    int Steps,
    ulong Seed,
    double[] FirstWeights,
    double[] LastWeights,
    MinCharRnnTrace.Run Slow,
    MinCharRnnTrace.Run Fast,
    MinCharRnnTrace.Run Late
)
{
    /// <summary>One training run.</summary>
    /// <param name="LearningRate">Adagrad's rate.</param>
    /// <param name="Points">Some of its iterations, ascending.</param>
    public sealed record Run(double LearningRate, Point[] Points);

    /// <summary>One iteration, counted from 0.</summary>
    /// <param name="Iteration">Its number.</param>
    /// <param name="Loss">The window's loss before its update, in nats summed over its steps.</param>
    /// <param name="Smoothed">The smoothed loss that includes it.</param>
    public sealed record Point(int Iteration, double Loss, double Smoothed);

    /// <summary>The text as ids: places among its sorted distinct characters.</summary>
    public int[] TextIds { get; private init; } = [];

    /// <summary>
    /// A chain of characters in the same ids, each drawn as some occurrence of its predecessor in the text is followed.
    /// </summary>
    public int[] ChainIds { get; private init; } = [];

    /// <summary>Reads the fixture and makes sure that text and chain are those of the program.</summary>
    public static MinCharRnnTrace Load()
    {
        string folder = Path.Combine(AppContext.BaseDirectory, "Fixtures");
        string text = File.ReadAllText(Path.Combine(folder, "min_char_rnn_text.txt"));
        var trace = JsonSerializer.Deserialize<MinCharRnnTrace>(
            File.ReadAllText(Path.Combine(folder, "min_char_rnn.json")),
            JsonSerializerOptions.Web
        )!;
        string chain = Chain(text, trace.ChainLength, trace.ChainSeed);
        Assert.Equal(trace.TextSha256, Sha256(text));
        Assert.Equal(trace.ChainSha256, Sha256(chain));

        char[] vocabulary = [.. text.Distinct().Order()];
        int[] Ids(string characters) => [.. characters.Select(character => Array.BinarySearch(vocabulary, character))];
        return trace with { TextIds = Ids(text), ChainIds = Ids(chain) };
    }

    private static string Chain(string text, int length, ulong seed)
    {
        var followers = text.Zip(text.Skip(1)).ToLookup(pair => pair.First, pair => pair.Second);
        var choices = followers.ToDictionary(group => group.Key, group => group.ToArray());
        var random = new SplitMix(seed);
        var chain = new StringBuilder(text[..1], length);
        while (chain.Length < length)
        {
            char[] next = choices[chain[^1]];
            chain.Append(next[random.Next() % (ulong)next.Length]);
        }
        return chain.ToString();
    }

    private static string Sha256(string text) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
}
