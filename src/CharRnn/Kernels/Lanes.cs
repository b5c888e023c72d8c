using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;

namespace CharRnn.Kernels;

/// <summary>
/// Eight floats handled at once, element by element: the word that gate arithmetic and optimisers are written in, so that a cell
/// reads as its equations. Always eight, whatever the machine, so that a result never depends on the processor's vector width.
/// </summary>
public readonly struct Lanes
{
    /// <summary>How many floats.</summary>
    public const int Count = 8;

    private readonly Vector256<float> _value;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal Lanes(Vector256<float> value) => _value = value;

    internal Vector256<float> Vector
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => _value;
    }

    /// <summary>Whether a product and a sum are one rounding here; without it they are two, and results differ in the last bits.</summary>
    public static bool IsFused => Fma.IsSupported || AdvSimd.IsSupported;

    /// <summary>Zero in every lane.</summary>
    public static Lanes Zero
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => new(Vector256<float>.Zero);
    }

    /// <summary>The same number in every lane.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static implicit operator Lanes(float value) => new(Vector256.Create(value));

    /// <summary>The eight floats of a span that begin at an index.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes Load(ReadOnlySpan<float> source, int index)
    {
        Debug.Assert(index >= 0 && index + Count <= source.Length);
        return new(Vector256.LoadUnsafe(ref MemoryMarshal.GetReference(source), (nuint)index));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static unsafe Lanes Load(float* source) => new(Vector256.Load(source));

    /// <summary>Puts the eight floats into a span from an index on.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Store(Span<float> destination, int index)
    {
        Debug.Assert(index >= 0 && index + Count <= destination.Length);
        _value.StoreUnsafe(ref MemoryMarshal.GetReference(destination), (nuint)index);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal unsafe void Store(float* destination) => _value.Store(destination);

    /// <summary>a + b.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes operator +(Lanes a, Lanes b) => new(a._value + b._value);

    /// <summary>a − b.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes operator -(Lanes a, Lanes b) => new(a._value - b._value);

    /// <summary>a · b.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes operator *(Lanes a, Lanes b) => new(a._value * b._value);

    /// <summary>a / b.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes operator /(Lanes a, Lanes b) => new(a._value / b._value);

    /// <summary>a · b + c, rounded once where the machine can.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes MultiplyAdd(Lanes a, Lanes b, Lanes c) =>
        new(IsFused ? Vector256.FusedMultiplyAdd(a._value, b._value, c._value) : a._value * b._value + c._value);

    /// <summary>√a.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes Sqrt(Lanes a) => new(Vector256.Sqrt(a._value));

    /// <summary>a held within [low, high]; NaN stays NaN.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes Clamp(Lanes a, Lanes low, Lanes high)
    {
        var value = Vector256.ConditionalSelect(Vector256.LessThan(a._value, low._value), low._value, a._value);
        return new(Vector256.ConditionalSelect(Vector256.GreaterThan(value, high._value), high._value, value));
    }

    /// <summary>a where |a| ≥ threshold, otherwise 0; NaN stays NaN.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes ZeroBelow(Lanes a, Lanes threshold) =>
        new(Vector256.ConditionalSelect(Vector256.LessThan(Vector256.Abs(a._value), threshold._value), Vector256<float>.Zero, a._value));
}
