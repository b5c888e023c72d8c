using System.Runtime.InteropServices;

namespace CharRnn.Checkpoints;

/// <summary>
/// A named, shaped array of numbers, as a safetensors file holds it: row-major, the last dimension running fastest.
/// </summary>
internal sealed class Tensor
{
    // Numbers that are elsewhere, and are asked for when they are written, have no array here.
    private readonly Array? _values;
    private readonly SinglesSource? _source;

    private Tensor(string name, TensorType type, Array? values, SinglesSource? source, int count, long[] shape)
    {
        Name = name;
        Type = type;
        Shape = shape;
        Count = count;
        _values = values;
        _source = source;
    }

    /// <summary>Gives a tensor's numbers, row-major.</summary>
    internal delegate void SinglesSource(Span<float> destination);

    /// <summary>The name, for example <c>rnn.weight_hh_l0</c>.</summary>
    public string Name { get; }

    /// <summary>The kind of number held.</summary>
    public TensorType Type { get; }

    /// <summary>The length of each dimension; empty for a single number.</summary>
    public IReadOnlyList<long> Shape { get; }

    /// <summary>Number of elements.</summary>
    public int Count { get; }

    /// <summary>
    /// Wraps <paramref name="values"/>, without copying them: they must not change until the tensor is written.
    /// </summary>
    /// <param name="name">The name; not empty and not <c>__metadata__</c>, which the format keeps for itself.</param>
    /// <param name="values">As many numbers as the shape needs, row-major.</param>
    /// <param name="shape">The length of each dimension; none for a single number.</param>
    /// <exception cref="ModelException">
    /// The name cannot be used, or the shape needs another count of numbers.
    /// </exception>
    public static Tensor FromSingles(string name, float[] values, params long[] shape) =>
        Wrap(name, TensorType.F32, values, shape);

    /// <inheritdoc cref="FromSingles"/>
    public static Tensor FromDoubles(string name, double[] values, params long[] shape) =>
        Wrap(name, TensorType.F64, values, shape);

    /// <inheritdoc cref="FromSingles"/>
    public static Tensor FromInt32s(string name, int[] values, params long[] shape) =>
        Wrap(name, TensorType.I32, values, shape);

    /// <inheritdoc cref="FromSingles"/>
    public static Tensor FromInt64s(string name, long[] values, params long[] shape) =>
        Wrap(name, TensorType.I64, values, shape);

    /// <inheritdoc cref="FromSingles"/>
    public static Tensor FromBytes(string name, byte[] values, params long[] shape) =>
        Wrap(name, TensorType.U8, values, shape);

    /// <summary>
    /// A tensor whose numbers stay where they are until it is written, so that a file of many costs the memory of the
    /// largest.
    /// </summary>
    /// <exception cref="ModelException">The name cannot be used, or the shape is too large.</exception>
    internal static Tensor FromSource(string name, SinglesSource source, params long[] shape)
    {
        int count = Check(name, TensorType.F32, CountOf(shape) ?? long.MaxValue, shape);
        return new Tensor(name, TensorType.F32, values: null, source, count, [.. shape]);
    }

    /// <summary>A copy of the numbers of an <see cref="TensorType.F32"/> tensor.</summary>
    /// <exception cref="ModelException">The tensor holds another kind of number.</exception>
    public float[] ToSingles()
    {
        if (_source is null)
            return Copy<float>(TensorType.F32);
        float[] singles = new float[Count];
        _source(singles);
        return singles;
    }

    /// <summary>A copy of the numbers of an <see cref="TensorType.F64"/> tensor.</summary>
    /// <exception cref="ModelException">The tensor holds another kind of number.</exception>
    public double[] ToDoubles() => Copy<double>(TensorType.F64);

    /// <summary>A copy of the numbers of an <see cref="TensorType.I32"/> tensor.</summary>
    /// <exception cref="ModelException">The tensor holds another kind of number.</exception>
    public int[] ToInt32s() => Copy<int>(TensorType.I32);

    /// <summary>A copy of the numbers of an <see cref="TensorType.I64"/> tensor.</summary>
    /// <exception cref="ModelException">The tensor holds another kind of number.</exception>
    public long[] ToInt64s() => Copy<long>(TensorType.I64);

    /// <summary>A copy of the numbers of a <see cref="TensorType.U8"/> tensor.</summary>
    /// <exception cref="ModelException">The tensor holds another kind of number.</exception>
    public byte[] ToBytes() => Copy<byte>(TensorType.U8);

    /// <summary>Zeros, for a reader to fill through <see cref="Memory"/>.</summary>
    internal static Tensor Zeros(string name, TensorType type, int count, long[] shape) =>
        new(
            name,
            type,
            type switch
            {
                TensorType.F32 => new float[count],
                TensorType.F64 => new double[count],
                TensorType.I32 => new int[count],
                TensorType.I64 => new long[count],
                _ => new byte[count],
            },
            source: null,
            count,
            shape
        );

    /// <summary>Writes the numbers as a file holds them on a little-endian machine.</summary>
    /// <param name="file">File to write to.</param>
    /// <param name="scratch">A buffer for numbers that are elsewhere, made larger where it is too small.</param>
    internal void WriteTo(Stream file, ref float[] scratch)
    {
        if (_source is null)
        {
            file.Write(Memory);
            return;
        }
        if (scratch.Length < Count)
            scratch = new float[Count];
        _source(scratch.AsSpan(0, Count));
        file.Write(MemoryMarshal.AsBytes(scratch.AsSpan(0, Count)));
    }

    /// <summary>The array itself, as the bytes that a file holds on a little-endian machine.</summary>
    internal Span<byte> Memory =>
        _values switch
        {
            float[] singles => MemoryMarshal.AsBytes(singles.AsSpan()),
            double[] doubles => MemoryMarshal.AsBytes(doubles.AsSpan()),
            int[] ints => MemoryMarshal.AsBytes(ints.AsSpan()),
            long[] longs => MemoryMarshal.AsBytes(longs.AsSpan()),
            _ => (byte[])_values!,
        };

    /// <summary>
    /// Number of elements of a shape, or null where a size is negative or the product is past 64 bits.
    /// </summary>
    internal static long? CountOf(ReadOnlySpan<long> shape)
    {
        long count = 1;
        foreach (long length in shape)
        {
            var product = (Int128)count * length;
            if (length < 0 || product > long.MaxValue)
                return null;
            count = (long)product;
        }
        return count;
    }

    private static Tensor Wrap(string name, TensorType type, Array values, long[] shape) =>
        new(name, type, values, source: null, Check(name, type, values.Length, shape), [.. shape]);

    private static int Check(string name, TensorType type, long count, long[] shape)
    {
        if (name.Length == 0 || name == SafetensorsHeader.MetadataKey)
            throw new ModelException(
                $"a tensor is named {OneLine.Quote(name)}; the format needs a name that is neither empty nor "
                    + $"{SafetensorsHeader.MetadataKey}"
            );
        if (CountOf(shape) != count)
            throw new ModelException(
                $"tensor {OneLine.Quote(name)} has {count} numbers; its shape [{string.Join(", ", shape)}] needs "
                    + $"{CountOf(shape)?.ToString() ?? "none that can be counted"}"
            );
        if (count > int.MaxValue / type.Size())
            throw new ModelException(
                $"tensor {OneLine.Quote(name)} takes {(Int128)count * type.Size()} bytes; one tensor may take "
                    + $"{int.MaxValue} at most"
            );
        return (int)count;
    }

    private T[] Copy<T>(TensorType needed)
    {
        if (Type != needed)
            throw new ModelException(
                $"tensor {OneLine.Quote(Name)} holds {Type}; {needed} is needed: the file was made by another "
                    + "program or for another purpose"
            );
        return [.. (T[])_values!];
    }
}

/// <summary>The kinds of number that a tensor in a safetensors file may hold here.</summary>
internal enum TensorType
{
    /// <summary>32-bit floating point, <c>F32</c>.</summary>
    F32,

    /// <summary>64-bit floating point, <c>F64</c>.</summary>
    F64,

    /// <summary>32-bit signed integer, <c>I32</c>.</summary>
    I32,

    /// <summary>64-bit signed integer, <c>I64</c>.</summary>
    I64,

    /// <summary>8-bit unsigned integer, <c>U8</c>.</summary>
    U8,
}

internal static class TensorTypes
{
    public const string All = "F32, F64, I32, I64 or U8";

    /// <summary>Bytes that one number takes.</summary>
    public static int Size(this TensorType type) =>
        type switch
        {
            TensorType.F64 or TensorType.I64 => sizeof(long),
            TensorType.F32 or TensorType.I32 => sizeof(int),
            _ => sizeof(byte),
        };

    // The names are matched exactly: Enum.TryParse would also take "0" and " f32".
    public static TensorType? FromName(string name) =>
        name switch
        {
            "F32" => TensorType.F32,
            "F64" => TensorType.F64,
            "I32" => TensorType.I32,
            "I64" => TensorType.I64,
            "U8" => TensorType.U8,
            _ => null,
        };
}
