using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace CharRnn.Engine;

/// <summary>Eight rows of eight floats, each row a panel's width from the next, turned around.</summary>
internal static unsafe class Transpose8x8
{
    /// <summary>Rows, and columns.</summary>
    public const int Side = 8;

    /// <summary>destination[j, i] = source[i, j].</summary>
    /// <param name="source">
    /// (rows, <see cref="Side"/>), stride <see cref="Padding.Unit"/>; as many columns as asked for are used.
    /// </param>
    /// <param name="rows">How many rows there are, up to <see cref="Side"/>; zeros stand in for the rest.</param>
    /// <param name="columns">How many columns are wanted, up to <see cref="Side"/>.</param>
    /// <param name="destination">(columns, <see cref="Side"/>), stride <see cref="Padding.Unit"/>.</param>
    public static void Transpose(float* source, int rows, int columns, float* destination)
    {
        if (Avx.IsSupported && rows == Side)
        {
            TransposeAvx(source, columns, destination);
            return;
        }
        for (int j = 0; j < columns; j++)
        {
            for (int i = 0; i < Side; i++)
                destination[j * Padding.Unit + i] = i < rows ? source[i * Padding.Unit + j] : 0;
        }
    }

    /// <summary>Pairs of rows are interleaved by ones, then by twos, then their halves by fours.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void TransposeAvx(float* source, int columns, float* destination)
    {
        Vector256<float> row0 = Row(source, 0),
            row1 = Row(source, 1),
            row2 = Row(source, 2),
            row3 = Row(source, 3);
        Vector256<float> row4 = Row(source, 4),
            row5 = Row(source, 5),
            row6 = Row(source, 6),
            row7 = Row(source, 7);
        Vector256<float> low01 = Avx.UnpackLow(row0, row1),
            high01 = Avx.UnpackHigh(row0, row1);
        Vector256<float> low23 = Avx.UnpackLow(row2, row3),
            high23 = Avx.UnpackHigh(row2, row3);
        Vector256<float> low45 = Avx.UnpackLow(row4, row5),
            high45 = Avx.UnpackHigh(row4, row5);
        Vector256<float> low67 = Avx.UnpackLow(row6, row7),
            high67 = Avx.UnpackHigh(row6, row7);
        Vector256<float> c04 = LowPairs(low01, low23),
            c15 = HighPairs(low01, low23),
            c26 = LowPairs(high01, high23),
            c37 = HighPairs(high01, high23);
        Vector256<float> d04 = LowPairs(low45, low67),
            d15 = HighPairs(low45, low67),
            d26 = LowPairs(high45, high67),
            d37 = HighPairs(high45, high67);
        if (columns == Side)
        {
            Store(LowHalves(c04, d04), destination, 0);
            Store(LowHalves(c15, d15), destination, 1);
            Store(LowHalves(c26, d26), destination, 2);
            Store(LowHalves(c37, d37), destination, 3);
            Store(HighHalves(c04, d04), destination, 4);
            Store(HighHalves(c15, d15), destination, 5);
            Store(HighHalves(c26, d26), destination, 6);
            Store(HighHalves(c37, d37), destination, 7);
            return;
        }
        if (columns > 0)
            Store(LowHalves(c04, d04), destination, 0);
        if (columns > 1)
            Store(LowHalves(c15, d15), destination, 1);
        if (columns > 2)
            Store(LowHalves(c26, d26), destination, 2);
        if (columns > 3)
            Store(LowHalves(c37, d37), destination, 3);
        if (columns > 4)
            Store(HighHalves(c04, d04), destination, 4);
        if (columns > 5)
            Store(HighHalves(c15, d15), destination, 5);
        if (columns > 6)
            Store(HighHalves(c26, d26), destination, 6);
    }

    private static Vector256<float> Row(float* source, int row) => Vector256.Load(source + row * Padding.Unit);

    private static void Store(Vector256<float> column, float* destination, int row) =>
        column.Store(destination + row * Padding.Unit);

    private static Vector256<float> LowPairs(Vector256<float> a, Vector256<float> b) =>
        Avx.UnpackLow(a.AsDouble(), b.AsDouble()).AsSingle();

    private static Vector256<float> HighPairs(Vector256<float> a, Vector256<float> b) =>
        Avx.UnpackHigh(a.AsDouble(), b.AsDouble()).AsSingle();

    private static Vector256<float> LowHalves(Vector256<float> a, Vector256<float> b) =>
        Vector256.Create(a.GetLower(), b.GetLower());

    private static Vector256<float> HighHalves(Vector256<float> a, Vector256<float> b) => Avx.Permute2x128(a, b, 0x31);
}
