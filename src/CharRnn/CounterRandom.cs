using CharRnn.Datasets;
using CharRnn.Engine;
using CharRnn.Networks;

namespace CharRnn;

/// <summary>
/// Purpose of a random draw. Draws for different purposes are independent, so that adding one never shifts another.
/// </summary>
internal enum RandomPurpose : ulong
{
    /// <summary>The first values of the weights.</summary>
    Initialization = 1,

    /// <summary>Offset in the corpus at which an epoch's streams begin.</summary>
    EpochOffset = 2,

    /// <summary>Start of a random window in the corpus.</summary>
    RandomWindow = 3,

    /// <summary>Units that dropout silences.</summary>
    Dropout = 4,

    /// <summary>Next symbol of a sample.</summary>
    Sampling = 5,

    /// <summary>In which order the records of an epoch are read.</summary>
    RecordOrder = 6,

    /// <summary>Labelled records to hold out.</summary>
    RecordSplit = 7,

    /// <summary>In which order the batches of an epoch are taken.</summary>
    BatchOrder = 8,

    /// <summary>Characters of labelled records that are read as unknown ones.</summary>
    CharDropout = 9,

    /// <summary>Label of a sample, where none is asked for.</summary>
    SampledLabel = 10,

    /// <summary>Label of the next record of a random window.</summary>
    RecordLabel = 11,

    /// <summary>First symbol of a written record, where the model is given it and none is asked for.</summary>
    SampledStart = 12,

    /// <summary>In which order labelled records are looked at.</summary>
    InspectedOrder = 13,
}

/// <summary>
/// Randomness without state: every draw is a function of its arguments alone. A run that is stopped and resumed, or
/// that samples more often, or that uses more threads, therefore draws the same numbers.
/// </summary>
/// <remarks>
/// The arguments are absorbed one after another through the 64-bit finalizer of SplitMix64: G. Steele, D. Lea and C.
/// Flood, "Fast splittable pseudorandom number generators", OOPSLA 2014, with D. Stafford's variant 13 of the
/// constants. Each round is a bijection, so two draws that differ in one argument alone are never equal.
/// </remarks>
internal static class CounterRandom
{
    // 2^64 divided by the golden ratio, made odd: the Weyl increment of SplitMix64. It keeps an all-zero argument list
    // from staying zero.
    private const ulong GoldenGamma = 0x9E3779B97F4A7C15;

    private const int MantissaBits = 53;

    /// <summary>
    /// 64 uniform random bits for <paramref name="seed"/>, <paramref name="purpose"/> and two counters such as step and
    /// row.
    /// </summary>
    public static ulong Draw(ulong seed, ulong purpose, ulong a, ulong b)
    {
        ulong state = Avalanche(seed + GoldenGamma);
        state = Avalanche((state ^ purpose) + GoldenGamma);
        state = Avalanche((state ^ a) + GoldenGamma);
        return Avalanche((state ^ b) + GoldenGamma);
    }

    /// <inheritdoc cref="Draw(ulong, ulong, ulong, ulong)"/>
    public static ulong Draw(ulong seed, RandomPurpose purpose, ulong a, ulong b) => Draw(seed, (ulong)purpose, a, b);

    /// <summary>
    /// Maps a draw to 0 … <paramref name="bound"/> − 1 by the high half of a 128-bit product (D. Lemire, 2019); the
    /// bias is below bound / 2^64.
    /// </summary>
    /// <exception cref="SettingsException"><paramref name="bound"/> is not positive.</exception>
    public static int Below(ulong draw, int bound) => (int)Below(draw, (long)bound);

    /// <inheritdoc cref="Below(ulong, int)"/>
    public static long Below(ulong draw, long bound)
    {
        if (bound <= 0)
            throw new SettingsException($"bound is {bound}; a draw below it needs at least 1.");
        return (long)Math.BigMul(draw, (ulong)bound, out _);
    }

    /// <summary>Puts numbers in a random order (R. Durstenfeld's form of Fisher and Yates's shuffle, 1964).</summary>
    /// <param name="numbers">The numbers.</param>
    /// <param name="seed">The seed.</param>
    /// <param name="purpose">The purpose.</param>
    /// <param name="which">Which of the shuffles of that purpose: an epoch, a label.</param>
    public static void Shuffle(Span<int> numbers, ulong seed, RandomPurpose purpose, ulong which)
    {
        for (int i = numbers.Length - 1; i > 0; i--)
        {
            int chosen = Below(Draw(seed, purpose, which, (ulong)i), i + 1);
            (numbers[i], numbers[chosen]) = (numbers[chosen], numbers[i]);
        }
    }

    /// <summary>Maps a draw to [0, 1): its top 53 bits, so that every value is exact in a double.</summary>
    public static double UnitInterval(ulong draw) => (draw >> (64 - MantissaBits)) * (1.0 / (1UL << MantissaBits));

    private static ulong Avalanche(ulong z)
    {
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }
}
