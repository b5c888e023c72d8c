using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace CharRnn.Engine;

/// <summary>
/// Dropout mask of one layer in one training step: units are zeroed at a rate and the rest scaled up (inverted dropout:
/// Srivastava et al. 2014). The mask is a function of (seed, step, layer, row, unit), so the backward pass computes it
/// again and nothing is stored.
/// </summary>
internal readonly struct Dropout
{
    // Thresholds are compared in 24 bits, which a signed comparison can hold.
    private const int Bits = 24;
    private const uint GoldenRatio = 0x9E3779B9;

    private readonly ulong _seed,
        _stepAndLayer;
    private readonly int _threshold;
    private readonly float _scale;

    /// <summary>The mask of one layer in one training step.</summary>
    public Dropout(double rate, ulong seed, long step, int layer)
    {
        Debug.Assert(rate is >= 0 and < 1);
        IsOn = rate > 0;
        _scale = (float)(1 / (1 - rate));
        if (!IsOn)
            return;
        _seed = seed;
        _stepAndLayer = CounterRandom.Draw(seed, RandomPurpose.Dropout, (ulong)step, (ulong)layer);
        _threshold = (int)Math.Round(rate * (1 << Bits));
    }

    /// <summary>Whether any unit is zeroed at all.</summary>
    public bool IsOn { get; }

    /// <summary>1 − rate: the inverse of the factor of the units that are kept.</summary>
    public float KeptShare => IsOn ? 1 / _scale : 1;

    /// <summary>Factor of one unit: 0, or 1 / (1 − rate). The scalar form of the mask.</summary>
    public float Multiplier(int row, int unit)
    {
        var (low, high) = RowKeys(row);
        return (int)(Mix((uint)unit * GoldenRatio ^ low, high) >> (32 - Bits)) < _threshold ? 0 : _scale;
    }

    /// <summary>destination = mask ⊙ source.</summary>
    /// <param name="source">(M, H).</param>
    /// <param name="firstRow">The first row's index in the mask.</param>
    /// <param name="firstUnit">The first column's unit.</param>
    /// <param name="destination">(M, H).</param>
    public void Multiply(Matrix source, int firstRow, int firstUnit, Matrix destination)
    {
        for (int row = 0; row < source.Rows; row++)
        {
            var (low, high) = RowKeys(firstRow + row);
            for (int unit = 0; unit < source.Columns; unit += Lanes8.Count)
                destination.Store(row, unit, source.Load<Lanes8>(row, unit) * Mask(firstUnit + unit, low, high));
        }
    }

    /// <summary>destination += mask ⊙ source.</summary>
    /// <inheritdoc cref="Multiply"/>
    public void AddProduct(Matrix source, int firstRow, int firstUnit, Matrix destination)
    {
        for (int row = 0; row < source.Rows; row++)
        {
            var (low, high) = RowKeys(firstRow + row);
            for (int unit = 0; unit < source.Columns; unit += Lanes8.Count)
                destination.Store(
                    row,
                    unit,
                    Lanes8.MultiplyAdd(
                        source.Load<Lanes8>(row, unit),
                        Mask(firstUnit + unit, low, high),
                        destination.Load<Lanes8>(row, unit)
                    )
                );
        }
    }

    private (uint Low, uint High) RowKeys(int row)
    {
        ulong key = CounterRandom.Draw(_seed, RandomPurpose.Dropout, _stepAndLayer, (ulong)row);
        return ((uint)key, (uint)(key >> 32));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private Lanes8 Mask(int unit, uint low, uint high)
    {
        var units =
            (Vector256.Create((uint)unit) + Vector256.Create(0u, 1, 2, 3, 4, 5, 6, 7)) * Vector256.Create(GoldenRatio);
        var hash = Mix(units ^ Vector256.Create(low), Vector256.Create(high));
        var dropped = Vector256.LessThan(
            Vector256.ShiftRightLogical(hash, 32 - Bits).AsInt32(),
            Vector256.Create(_threshold)
        );
        return new(Vector256.ConditionalSelect(dropped.AsSingle(), Vector256<float>.Zero, Vector256.Create(_scale)));
    }

    /// <summary>C. Wellons' 32-bit finaliser "lowbias32", keyed in the middle.</summary>
    private static uint Mix(uint x, uint key)
    {
        x = (x ^ (x >> 16)) * 0x7FEB352D;
        x = ((x ^ (x >> 15)) + key) * 0x846CA68B;
        return x ^ (x >> 16);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<uint> Mix(Vector256<uint> x, Vector256<uint> key)
    {
        x = (x ^ Vector256.ShiftRightLogical(x, 16)) * Vector256.Create(0x7FEB352Du);
        x = ((x ^ Vector256.ShiftRightLogical(x, 15)) + key) * Vector256.Create(0x846CA68Bu);
        return x ^ Vector256.ShiftRightLogical(x, 16);
    }
}
