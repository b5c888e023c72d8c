using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;

namespace CharRnn.Engine;

/// <summary>What all widths of lanes have in common.</summary>
internal static unsafe class Lanes
{
    /// <summary>
    /// Whether this machine runs sixteen lanes (<see cref="Lanes16"/>) as fast as eight (<see cref="Lanes8"/>).
    /// </summary>
    public static bool AreWide => Vector512.IsHardwareAccelerated;

    /// <summary>
    /// Whether a product and a sum are one rounding here; without it they are two, and results differ in the last bits.
    /// </summary>
    public static bool IsFused => Fma.IsSupported || AdvSimd.IsSupported;

    /// <summary>The floats of a span that begin at an index.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TLanes Load<TLanes>(ReadOnlySpan<float> source, int index)
        where TLanes : unmanaged, ILanes<TLanes>
    {
        Debug.Assert(index >= 0 && index + TLanes.Count <= source.Length);
        return Unsafe.ReadUnaligned<TLanes>(
            ref Unsafe.As<float, byte>(ref Unsafe.Add(ref MemoryMarshal.GetReference(source), index))
        );
    }

    /// <summary>Puts floats into a span from an index on.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store<TLanes>(this TLanes value, Span<float> destination, int index)
        where TLanes : unmanaged, ILanes<TLanes>
    {
        Debug.Assert(index >= 0 && index + TLanes.Count <= destination.Length);
        Unsafe.WriteUnaligned(
            ref Unsafe.As<float, byte>(ref Unsafe.Add(ref MemoryMarshal.GetReference(destination), index)),
            value
        );
    }

    /// <summary>The floats of a matrix's row that begin at a column.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TLanes Load<TLanes>(this Matrix matrix, int row, int column)
        where TLanes : unmanaged, ILanes<TLanes>
    {
        Debug.Assert((uint)row < (uint)matrix.Rows && column >= 0 && column + TLanes.Count <= matrix.Columns);
        return TLanes.Load(matrix.Data + (long)row * matrix.Stride + column);
    }

    /// <summary>Puts floats into a matrix's row from a column on.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store<TLanes>(this Matrix matrix, int row, int column, TLanes value)
        where TLanes : unmanaged, ILanes<TLanes>
    {
        Debug.Assert((uint)row < (uint)matrix.Rows && column >= 0 && column + TLanes.Count <= matrix.Columns);
        value.Store(matrix.Data + (long)row * matrix.Stride + column);
    }

    /// <summary>a held within [low, high]; NaN stays NaN.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TLanes Clamp<TLanes>(TLanes a, TLanes low, TLanes high)
        where TLanes : unmanaged, ILanes<TLanes> => TLanes.Smaller(high, TLanes.Larger(low, a));

    /// <summary>a where |a| ≥ threshold, otherwise 0; NaN stays NaN.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TLanes ZeroBelow<TLanes>(TLanes a, TLanes threshold)
        where TLanes : unmanaged, ILanes<TLanes> => TLanes.WhereLess(TLanes.Abs(a), threshold, 0f, a);
}
