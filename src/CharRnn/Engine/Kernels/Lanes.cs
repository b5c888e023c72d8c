using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;

namespace CharRnn.Engine;

/// <summary>
/// A vector of floats with element-wise operations. Gate arithmetic, softmax and optimizers are generic over it, so
/// that they read as their equations and run at the machine's width. No lane's result depends on another lane, nor on
/// the number of lanes, so every width gives the same bits.
/// </summary>
/// <typeparam name="TSelf"><see cref="Lanes8"/> or <see cref="Lanes16"/>.</typeparam>
internal unsafe interface ILanes<TSelf>
    where TSelf : unmanaged, ILanes<TSelf>
{
    /// <summary>Number of floats; divides <see cref="Padding.Unit"/>.</summary>
    static abstract int Count { get; }

    /// <summary>The floats that begin at an address.</summary>
    static abstract TSelf Load(float* source);

    /// <summary>The same number in every lane.</summary>
    static abstract implicit operator TSelf(float value);

    /// <summary>a + b.</summary>
    static abstract TSelf operator +(TSelf a, TSelf b);

    /// <summary>a − b.</summary>
    static abstract TSelf operator -(TSelf a, TSelf b);

    /// <summary>a · b.</summary>
    static abstract TSelf operator *(TSelf a, TSelf b);

    /// <summary>a / b.</summary>
    static abstract TSelf operator /(TSelf a, TSelf b);

    /// <summary>a · b + c, rounded once where the machine can (<see cref="Lanes.IsFused"/>).</summary>
    static abstract TSelf MultiplyAdd(TSelf a, TSelf b, TSelf c);

    /// <summary>√a.</summary>
    static abstract TSelf Sqrt(TSelf a);

    /// <summary>|a|.</summary>
    static abstract TSelf Abs(TSelf a);

    /// <summary>|a| with the sign of <paramref name="sign"/>; a must not be negative.</summary>
    static abstract TSelf WithSignOf(TSelf a, TSelf sign);

    /// <summary>
    /// 2ⁿ from n + <see cref="Lanes.RoundingShift"/>, for whole n from −126 to 127; built in the exponent's bits.
    /// </summary>
    static abstract TSelf PowerOfTwo(TSelf shifted);

    /// <summary>The greater of a and b; NaN where b is NaN.</summary>
    static abstract TSelf Max(TSelf a, TSelf b);

    /// <summary>The lesser of a and b; NaN where b is NaN.</summary>
    static abstract TSelf Min(TSelf a, TSelf b);

    /// <summary>Whether every lane is 0.</summary>
    static abstract bool AreZero(TSelf a);

    /// <summary>
    /// <paramref name="one"/> where a &lt; b; <paramref name="other"/> elsewhere, and where either is NaN.
    /// </summary>
    static abstract TSelf WhereLess(TSelf a, TSelf b, TSelf one, TSelf other);

    /// <summary>Writes the floats to an address.</summary>
    void Store(float* destination);

    /// <summary>The sum of the lanes: halves are added until one number is left.</summary>
    float Sum();

    /// <summary>The largest lane; where one is NaN, any lane.</summary>
    float MaxLane();
}

/// <summary>Operations common to all widths of lanes.</summary>
internal static unsafe class Lanes
{
    /// <summary>
    /// 1.5·2²³: a float to which it is added is rounded to a whole number, halves to even, which then stands in the
    /// lowest bits.
    /// </summary>
    public const float RoundingShift = 12582912f;

    internal const int MantissaBits = 23,
        BitsOfOne = 127 << MantissaBits;

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

    /// <summary>Writes floats to a span from an index on.</summary>
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

    /// <summary>Writes floats to a matrix's row from a column on.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store<TLanes>(this Matrix matrix, int row, int column, TLanes value)
        where TLanes : unmanaged, ILanes<TLanes>
    {
        Debug.Assert((uint)row < (uint)matrix.Rows && column >= 0 && column + TLanes.Count <= matrix.Columns);
        value.Store(matrix.Data + (long)row * matrix.Stride + column);
    }

    /// <summary>a clamped to [low, high]; NaN stays NaN.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TLanes Clamp<TLanes>(TLanes a, TLanes low, TLanes high)
        where TLanes : unmanaged, ILanes<TLanes> => TLanes.Min(high, TLanes.Max(low, a));

    /// <summary>a where |a| ≥ threshold, otherwise 0; NaN stays NaN.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TLanes ZeroBelow<TLanes>(TLanes a, TLanes threshold)
        where TLanes : unmanaged, ILanes<TLanes> => TLanes.WhereLess(TLanes.Abs(a), threshold, 0f, a);
}

/// <summary>Eight lanes: one vector of 256 bits, or two of 128 where the machine has no wider ones.</summary>
internal readonly unsafe struct Lanes8 : ILanes<Lanes8>
{
    private readonly Vector256<float> _value;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal Lanes8(Vector256<float> value) => _value = value;

    public static int Count => 8;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes8 Load(float* source) => new(Vector256.Load(source));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static implicit operator Lanes8(float value) => new(Vector256.Create(value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes8 operator +(Lanes8 a, Lanes8 b) => new(a._value + b._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes8 operator -(Lanes8 a, Lanes8 b) => new(a._value - b._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes8 operator *(Lanes8 a, Lanes8 b) => new(a._value * b._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes8 operator /(Lanes8 a, Lanes8 b) => new(a._value / b._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes8 MultiplyAdd(Lanes8 a, Lanes8 b, Lanes8 c) =>
        new(Lanes.IsFused ? Vector256.FusedMultiplyAdd(a._value, b._value, c._value) : a._value * b._value + c._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes8 Sqrt(Lanes8 a) => new(Vector256.Sqrt(a._value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes8 Abs(Lanes8 a) => new(Vector256.Abs(a._value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes8 WithSignOf(Lanes8 a, Lanes8 sign) => new(a._value | (sign._value & Vector256.Create(-0f)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes8 PowerOfTwo(Lanes8 shifted) =>
        new(
            (
                Vector256.ShiftLeft(shifted._value.AsInt32(), Lanes.MantissaBits) + Vector256.Create(Lanes.BitsOfOne)
            ).AsSingle()
        );

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes8 Max(Lanes8 a, Lanes8 b) => new(Vector256.MaxNative(a._value, b._value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes8 Min(Lanes8 a, Lanes8 b) => new(Vector256.MinNative(a._value, b._value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool AreZero(Lanes8 a) => Vector256.EqualsAll(a._value, Vector256<float>.Zero);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes8 WhereLess(Lanes8 a, Lanes8 b, Lanes8 one, Lanes8 other) =>
        new(Vector256.ConditionalSelect(Vector256.LessThan(a._value, b._value), one._value, other._value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Store(float* destination) => _value.Store(destination);

    public float Sum()
    {
        var four = _value.GetLower() + _value.GetUpper();
        var two = four + Vector128.Shuffle(four, Vector128.Create(2, 3, 2, 3));
        return two.ToScalar() + two.GetElement(1);
    }

    public float MaxLane()
    {
        var four = Vector128.MaxNative(_value.GetLower(), _value.GetUpper());
        var two = Vector128.MaxNative(four, Vector128.Shuffle(four, Vector128.Create(2, 3, 2, 3)));
        return MathF.Max(two.ToScalar(), two.GetElement(1));
    }
}

/// <summary>Sixteen lanes: one vector of 512 bits, for machines that have them.</summary>
internal readonly unsafe struct Lanes16 : ILanes<Lanes16>
{
    private readonly Vector512<float> _value;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal Lanes16(Vector512<float> value) => _value = value;

    public static int Count => 16;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes16 Load(float* source) => new(Vector512.Load(source));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static implicit operator Lanes16(float value) => new(Vector512.Create(value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes16 operator +(Lanes16 a, Lanes16 b) => new(a._value + b._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes16 operator -(Lanes16 a, Lanes16 b) => new(a._value - b._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes16 operator *(Lanes16 a, Lanes16 b) => new(a._value * b._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes16 operator /(Lanes16 a, Lanes16 b) => new(a._value / b._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes16 MultiplyAdd(Lanes16 a, Lanes16 b, Lanes16 c) =>
        new(Lanes.IsFused ? Vector512.FusedMultiplyAdd(a._value, b._value, c._value) : a._value * b._value + c._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes16 Sqrt(Lanes16 a) => new(Vector512.Sqrt(a._value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes16 Abs(Lanes16 a) => new(Vector512.Abs(a._value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes16 WithSignOf(Lanes16 a, Lanes16 sign) => new(a._value | (sign._value & Vector512.Create(-0f)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes16 PowerOfTwo(Lanes16 shifted) =>
        new(
            (
                Vector512.ShiftLeft(shifted._value.AsInt32(), Lanes.MantissaBits) + Vector512.Create(Lanes.BitsOfOne)
            ).AsSingle()
        );

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes16 Max(Lanes16 a, Lanes16 b) => new(Vector512.MaxNative(a._value, b._value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes16 Min(Lanes16 a, Lanes16 b) => new(Vector512.MinNative(a._value, b._value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool AreZero(Lanes16 a) => Vector512.EqualsAll(a._value, Vector512<float>.Zero);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes16 WhereLess(Lanes16 a, Lanes16 b, Lanes16 one, Lanes16 other) =>
        new(Vector512.ConditionalSelect(Vector512.LessThan(a._value, b._value), one._value, other._value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Store(float* destination) => _value.Store(destination);

    public float Sum() => new Lanes8(_value.GetLower() + _value.GetUpper()).Sum();

    public float MaxLane() => new Lanes8(Vector256.MaxNative(_value.GetLower(), _value.GetUpper())).MaxLane();
}
