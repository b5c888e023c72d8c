using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;

namespace CharRnn.Engine;

/// <summary>
/// A vector width for the tiles of a matrix product, which are generic over it. Every output of a product keeps its own
/// sum in its own lane, so the width changes the speed and never the bits (except on machines without fused
/// multiply-add).
/// </summary>
/// <typeparam name="TVector">The vector: 16, 8, 4 floats or one.</typeparam>
internal unsafe interface ISimd<TVector>
    where TVector : unmanaged
{
    /// <summary>Number of floats.</summary>
    static abstract int Count { get; }

    static abstract TVector Load(float* source);

    static abstract TVector Broadcast(float value);

    /// <summary>a · b + c.</summary>
    static abstract TVector MultiplyAdd(TVector a, TVector b, TVector c);

    static abstract void Store(TVector value, float* destination);

    /// <summary>The floats whose upper halves are the lower halves of <paramref name="bits"/>.</summary>
    static abstract TVector LowerHalves(TVector bits);

    /// <summary>The floats whose upper halves are those of <paramref name="bits"/>.</summary>
    static abstract TVector UpperHalves(TVector bits);
}

internal readonly unsafe struct Simd512 : ISimd<Vector512<float>>
{
    public static int Count => 16;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Load(float* source) => Vector512.Load(source);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Broadcast(float value) => Vector512.Create(value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> MultiplyAdd(Vector512<float> a, Vector512<float> b, Vector512<float> c) =>
        Vector512.FusedMultiplyAdd(a, b, c);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Vector512<float> value, float* destination) => value.Store(destination);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> LowerHalves(Vector512<float> bits) =>
        (bits.AsUInt32() << CompactWeights.HalfBits).AsSingle();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> UpperHalves(Vector512<float> bits) =>
        (bits.AsUInt32() & Vector512.Create(CompactWeights.UpperHalf)).AsSingle();
}

internal readonly unsafe struct Simd256 : ISimd<Vector256<float>>
{
    public static int Count => 8;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> Load(float* source) => Vector256.Load(source);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> Broadcast(float value) => Vector256.Create(value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> MultiplyAdd(Vector256<float> a, Vector256<float> b, Vector256<float> c) =>
        Fma.IsSupported ? Fma.MultiplyAdd(a, b, c) : a * b + c;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Vector256<float> value, float* destination) => value.Store(destination);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> LowerHalves(Vector256<float> bits) =>
        (bits.AsUInt32() << CompactWeights.HalfBits).AsSingle();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> UpperHalves(Vector256<float> bits) =>
        (bits.AsUInt32() & Vector256.Create(CompactWeights.UpperHalf)).AsSingle();
}

internal readonly unsafe struct Simd128 : ISimd<Vector128<float>>
{
    public static int Count => 4;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> Load(float* source) => Vector128.Load(source);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> Broadcast(float value) => Vector128.Create(value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> MultiplyAdd(Vector128<float> a, Vector128<float> b, Vector128<float> c) =>
        Fma.IsSupported || AdvSimd.IsSupported ? Vector128.FusedMultiplyAdd(a, b, c) : a * b + c;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Vector128<float> value, float* destination) => value.Store(destination);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> LowerHalves(Vector128<float> bits) =>
        (bits.AsUInt32() << CompactWeights.HalfBits).AsSingle();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> UpperHalves(Vector128<float> bits) =>
        (bits.AsUInt32() & Vector128.Create(CompactWeights.UpperHalf)).AsSingle();
}

/// <summary>One float at a time: the fallback for machines or settings without vector instructions.</summary>
internal readonly unsafe struct Scalar : ISimd<float>
{
    public static int Count => 1;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Load(float* source) => *source;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Broadcast(float value) => value;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float MultiplyAdd(float a, float b, float c) =>
        Fma.IsSupported ? MathF.FusedMultiplyAdd(a, b, c) : a * b + c;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(float value, float* destination) => *destination = value;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float LowerHalves(float bits) =>
        BitConverter.UInt32BitsToSingle(BitConverter.SingleToUInt32Bits(bits) << CompactWeights.HalfBits);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float UpperHalves(float bits) =>
        BitConverter.UInt32BitsToSingle(BitConverter.SingleToUInt32Bits(bits) & CompactWeights.UpperHalf);
}
