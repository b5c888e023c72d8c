namespace CharRnn.Reference;

/// <summary>
/// SplitMix64 (Steele, Lea, Flood: Fast Splittable Pseudorandom Number Generators, 2014), and doubles derived from it
/// by integer sums and powers of two only, so that every language computes the same ones.
/// </summary>
public sealed class SplitMix(ulong seed)
{
    private const int Draws = 12;
    private const double TwoTo32 = 4294967296;

    private ulong _state = seed;

    /// <summary>The next 64 bits.</summary>
    public ulong Next()
    {
        _state += 0x9E3779B97F4A7C15;
        ulong z = _state;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }

    /// <summary>Uniform in [−1, 1).</summary>
    public double NextUniform() => ((long)(Next() >> 32) - TwoTo32 / 2) / (TwoTo32 / 2);

    /// <summary>Nearly normal, mean 0 and variance 1: twelve uniform 32-bit draws summed, less their mean.</summary>
    public double NextNormal()
    {
        long sum = 0;
        for (int draw = 0; draw < Draws; draw++)
            sum += (long)(Next() >> 32);
        return (sum - Draws / 2 * TwoTo32) / TwoTo32;
    }
}
