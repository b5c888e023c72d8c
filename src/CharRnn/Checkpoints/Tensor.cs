using System.Runtime.InteropServices;

namespace CharRnn.Checkpoints;

/// <summary>
/// A named, shaped array of numbers, as a safetensors file holds it: row-major, the last dimension running fastest.
/// </summary>
internal sealed class Tensor
{
    // Numbers that are elsewhere, and are asked for when they are needed, have no array here.
    private readonly Array? _values;
    private readonly SinglesSource? _source;
    private readonly BytesSource? _file;

    private Tensor(string name, TensorType type, long count, long[] shape)
    {
        Name = name;
        Type = type;
        Shape = shape;
        Count = count;
    }

    private Tensor(Tensor tensor, Array values)
        : this(tensor.Name, tensor.Type, tensor.Count, [.. tensor.Shape]) => _values = values;

    private Tensor(string name, TensorType type, Array values, long[] shape)
        : this(name, type, Check(name, type, values.Length, shape), [.. shape]) => _values = values;

    private Tensor(string name, SinglesSource source, long[] shape)
        : this(name, TensorType.F32, Check(name, TensorType.F32, CountOf(shape) ?? long.MaxValue, shape), [.. shape]) =>
        _source = source;

    /// <summary>A tensor in a file whose header was checked.</summary>
    /// <param name="entry">What the header says of it.</param>
    /// <param name="file">Reads its bytes, as often as its numbers are asked for.</param>
    internal Tensor(SafetensorsEntry entry, BytesSource file)
        : this(entry.Name, entry.Type, (entry.End - entry.Begin) / entry.Type.Size(), entry.Shape) => _file = file;

    /// <summary>Gives a tensor's numbers, row-major.</summary>
    internal delegate void SinglesSource(Span<float> destination);

    /// <summary>Gives a tensor's numbers as the bytes that a file holds.</summary>
    internal delegate void BytesSource(Span<byte> destination);

    /// <summary>The name, for example <c>rnn.weight_hh_l0</c>.</summary>
    public string Name { get; }

    /// <summary>The kind of number held.</summary>
    public TensorType Type { get; }

    /// <summary>The length of each dimension; empty for a single number.</summary>
    public IReadOnlyList<long> Shape { get; }

    /// <summary>Number of elements.</summary>
    public long Count { get; }

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
        new(name, TensorType.F32, values, shape);

    /// <inheritdoc cref="FromSingles"/>
    public static Tensor FromDoubles(string name, double[] values, params long[] shape) =>
        new(name, TensorType.F64, values, shape);

    /// <inheritdoc cref="FromSingles"/>
    public static Tensor FromInt32s(string name, int[] values, params long[] shape) =>
        new(name, TensorType.I32, values, shape);

    /// <inheritdoc cref="FromSingles"/>
    public static Tensor FromInt64s(string name, long[] values, params long[] shape) =>
        new(name, TensorType.I64, values, shape);

    /// <inheritdoc cref="FromSingles"/>
    public static Tensor FromBytes(string name, byte[] values, params long[] shape) =>
        new(name, TensorType.U8, values, shape);

    /// <summary>
    /// A tensor whose numbers stay where they are until it is written, so that a file of many costs the memory of the
    /// largest.
    /// </summary>
    /// <exception cref="ModelException">The name cannot be used, or the shape is too large.</exception>
    internal static Tensor FromSource(string name, SinglesSource source, params long[] shape) =>
        new(name, source, shape);

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

    /// <summary>
    /// The numbers of a tensor of weights as 32-bit ones: those of 16 bits exactly, those of 64 rounded.
    /// </summary>
    /// <exception cref="ModelException">The tensor holds another kind of number (<see cref="TensorTypes.IsWeight"/>).</exception>
    public float[] ConvertToSingles() =>
        Type switch
        {
            TensorType.F64 => Array.ConvertAll(ToDoubles(), value => (float)value),
            TensorType.F16 => Array.ConvertAll(Sixteens(), bits => (float)BitConverter.UInt16BitsToHalf(bits)),
            TensorType.BF16 => Array.ConvertAll(Sixteens(), UpperHalfOfSingle),
            _ => ToSingles(),
        };

    /// <summary>The same into a given span; a file's own 32-bit numbers come without an array of them.</summary>
    /// <param name="singles">(<see cref="Count"/>), overwritten.</param>
    /// <exception cref="ModelException">They cannot be read, or are of another kind.</exception>
    public void ConvertToSingles(Span<float> singles)
    {
        if (Type == TensorType.F32 && _file is not null)
            _file(MemoryMarshal.AsBytes(singles));
        else
            ConvertToSingles().CopyTo(singles);
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

    /// <summary>The same tensor with its numbers in memory.</summary>
    /// <exception cref="ModelException">They cannot be read.</exception>
    internal Tensor InMemory() =>
        _file is null
            ? this
            : new(
                this,
                Type switch
                {
                    TensorType.F32 => Load<float>(Count),
                    TensorType.F64 => Load<double>(Count),
                    TensorType.I32 => Load<int>(Count),
                    TensorType.I64 => Load<long>(Count),
                    _ => Load<byte>(Count * Type.Size()),
                }
            );

    /// <summary>Writes the numbers as a file holds them on a little-endian machine.</summary>
    /// <param name="file">File to write to.</param>
    /// <param name="scratch">A buffer for numbers that are elsewhere, made larger where it is too small.</param>
    internal void WriteTo(Stream file, ref float[] scratch)
    {
        if (_source is null)
        {
            file.Write(BytesOf(InMemory()._values!));
            return;
        }
        int count = (int)Count;
        if (scratch.Length < count)
            scratch = new float[count];
        _source(scratch.AsSpan(0, count));
        file.Write(MemoryMarshal.AsBytes(scratch.AsSpan(0, count)));
    }

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

    private static int Check(string name, TensorType type, long count, long[] shape)
    {
        if (name.Length == 0 || name == SafetensorsHeader.MetadataKey)
            throw new ModelException(
                $"a tensor is named {OneLine.Quote(name)}; the format needs a name that is neither empty nor "
                    + $"{SafetensorsHeader.MetadataKey}"
            );
        long? needed = CountOf(shape);
        if (needed != count)
            throw new ModelException(
                $"tensor {OneLine.Quote(name)} has {count} numbers; its shape [{string.Join(", ", shape)}] needs "
                    + $"{needed?.ToString() ?? "none that can be counted"}"
            );
        RequireThatItFits(name, type, count);
        return (int)count;
    }

    private static void RequireThatItFits(string name, TensorType type, long count)
    {
        if (count > int.MaxValue / type.Size())
            throw new ModelException(
                $"tensor {OneLine.Quote(name)} takes {(Int128)count * type.Size()} bytes; one tensor may take "
                    + $"{int.MaxValue} at most"
            );
    }

    private static Span<byte> BytesOf(Array values) =>
        values switch
        {
            float[] singles => MemoryMarshal.AsBytes(singles.AsSpan()),
            double[] doubles => MemoryMarshal.AsBytes(doubles.AsSpan()),
            int[] ints => MemoryMarshal.AsBytes(ints.AsSpan()),
            long[] longs => MemoryMarshal.AsBytes(longs.AsSpan()),
            _ => (byte[])values,
        };

    private static float UpperHalfOfSingle(ushort bits) => BitConverter.UInt32BitsToSingle((uint)bits << 16);

    /// <summary>Numbers of 16 bits, which are held as bytes.</summary>
    private ushort[] Sixteens() =>
        _file is null ? MemoryMarshal.Cast<byte, ushort>((byte[])_values!).ToArray() : Load<ushort>(Count);

    private T[] Copy<T>(TensorType needed)
        where T : struct
    {
        if (Type != needed)
            throw new ModelException(
                $"tensor {OneLine.Quote(Name)} holds {Type}; {needed} is needed: the file was made by another "
                    + "program or for another purpose"
            );
        return _file is null ? [.. (T[])_values!] : Load<T>(Count);
    }

    private T[] Load<T>(long count)
        where T : struct
    {
        RequireThatItFits(Name, Type, Count);
        var values = new T[count];
        _file!(MemoryMarshal.AsBytes(values.AsSpan()));
        return values;
    }
}
