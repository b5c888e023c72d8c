using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace CharRnn.Engine;

/// <summary>
/// A vector width for sums of products of whole numbers, pair by pair. Such sums are exact, so that neither their order
/// nor the width changes them.
/// </summary>
/// <typeparam name="TVector">The vector: 16, 8, 4 sums of 32 bits or one; or twice as many factors of 16 bits.</typeparam>
internal unsafe interface IPairSums<TVector>
    where TVector : unmanaged
{
    /// <summary>Number of sums.</summary>
    static abstract int Count { get; }

    /// <summary>Loads pairs of eight bits each as factors.</summary>
    static abstract TVector LoadPairs(sbyte* source);

    /// <summary>One pair of factors, for every sum.</summary>
    static abstract TVector BroadcastPair(short* source);

    /// <summary>sums + a₀·b₀ + a₁·b₁.</summary>
    static abstract TVector AddProducts(TVector a, TVector b, TVector sums);

    /// <summary>c += factor · scales · sums.</summary>
    static abstract void AddScaled(TVector sums, float factor, float* scales, float* c);
}

internal readonly unsafe struct PairSums512 : IPairSums<Vector512<int>>
{
    public static int Count => 16;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<int> LoadPairs(sbyte* source) =>
        Avx512BW.IsSupported
            ? Avx512BW.ConvertToVector512Int16(Vector256.Load(source)).AsInt32()
            : Vector512.Create(
                PairSums256.LoadPairs(source),
                PairSums256.LoadPairs(source + CompactWeights.PairTerms * PairSums256.Count)
            );

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<int> BroadcastPair(short* source) => Vector512.Create(*(int*)source);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<int> AddProducts(Vector512<int> a, Vector512<int> b, Vector512<int> sums) =>
        Avx512BW.IsSupported
            ? sums + Avx512BW.MultiplyAddAdjacent(a.AsInt16(), b.AsInt16())
            : Vector512.Create(
                PairSums256.AddProducts(a.GetLower(), b.GetLower(), sums.GetLower()),
                PairSums256.AddProducts(a.GetUpper(), b.GetUpper(), sums.GetUpper())
            );

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void AddScaled(Vector512<int> sums, float factor, float* scales, float* c) =>
        Simd512.Store(
            Simd512.MultiplyAdd(Simd512.Load(scales) * factor, Vector512.ConvertToSingle(sums), Simd512.Load(c)),
            c
        );
}

internal readonly unsafe struct PairSums256 : IPairSums<Vector256<int>>
{
    public static int Count => 8;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<int> LoadPairs(sbyte* source) =>
        Avx2.IsSupported
            ? Avx2.ConvertToVector256Int16(source).AsInt32()
            : Vector256.Create(
                PairSums128.LoadPairs(source),
                PairSums128.LoadPairs(source + CompactWeights.PairTerms * PairSums128.Count)
            );

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<int> BroadcastPair(short* source) => Vector256.Create(*(int*)source);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<int> AddProducts(Vector256<int> a, Vector256<int> b, Vector256<int> sums) =>
        Avx2.IsSupported
            ? sums + Avx2.MultiplyAddAdjacent(a.AsInt16(), b.AsInt16())
            : Vector256.Create(
                PairSums128.AddProducts(a.GetLower(), b.GetLower(), sums.GetLower()),
                PairSums128.AddProducts(a.GetUpper(), b.GetUpper(), sums.GetUpper())
            );

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void AddScaled(Vector256<int> sums, float factor, float* scales, float* c) =>
        Simd256.Store(
            Simd256.MultiplyAdd(Simd256.Load(scales) * factor, Vector256.ConvertToSingle(sums), Simd256.Load(c)),
            c
        );
}

internal readonly unsafe struct PairSums128 : IPairSums<Vector128<int>>
{
    private const int FactorBits = 16;

    public static int Count => 4;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<int> LoadPairs(sbyte* source) =>
        Vector128.WidenLower(Vector128.CreateScalar(*(ulong*)source).AsSByte()).AsInt32();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<int> BroadcastPair(short* source) => Vector128.Create(*(int*)source);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<int> AddProducts(Vector128<int> a, Vector128<int> b, Vector128<int> sums) =>
        Sse2.IsSupported
            ? sums + Sse2.MultiplyAddAdjacent(a.AsInt16(), b.AsInt16())
            : sums + Lower(a) * Lower(b) + (a >> FactorBits) * (b >> FactorBits);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void AddScaled(Vector128<int> sums, float factor, float* scales, float* c) =>
        Simd128.Store(
            Simd128.MultiplyAdd(Simd128.Load(scales) * factor, Vector128.ConvertToSingle(sums), Simd128.Load(c)),
            c
        );

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<int> Lower(Vector128<int> pairs) => pairs << FactorBits >> FactorBits;
}

/// <summary>One sum at a time: the fallback for machines or settings without vector instructions.</summary>
internal readonly unsafe struct ScalarPairSums : IPairSums<int>
{
    private const int FactorBits = 16;

    public static int Count => 1;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int LoadPairs(sbyte* source) => (ushort)(short)source[0] | source[1] << FactorBits;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int BroadcastPair(short* source) => *(int*)source;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int AddProducts(int a, int b, int sums) =>
        sums + (short)a * (short)b + (a >> FactorBits) * (b >> FactorBits);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void AddScaled(int sums, float factor, float* scales, float* c) =>
        *c = Scalar.MultiplyAdd(*scales * factor, sums, *c);
}
