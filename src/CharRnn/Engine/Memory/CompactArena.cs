using System.Diagnostics;

namespace CharRnn.Engine;

/// <summary>
/// Weights in a compact <see cref="WeightFormat"/>, in the order of an <see cref="ArenaLayout"/>: matrices are compact,
/// each with its scales behind it where the format has some; vectors, which are few, stay floats.
/// </summary>
internal sealed unsafe class CompactArena : IDisposable
{
    private readonly AlignedBuffer _buffer;
    private readonly Dictionary<ArenaSlice, Place> _places = new(ReferenceEqualityComparer.Instance);

    /// <summary>Allocates the weights, all of them 0.</summary>
    /// <exception cref="OutOfMemoryException">The machine has less memory.</exception>
    public CompactArena(ArenaLayout layout, WeightFormat format)
    {
        (Layout, Format) = (layout, format);
        long end = 0;
        foreach (var slice in layout.Slices)
        {
            var own = slice.Form == SliceForm.Vector ? WeightFormat.F32 : format;
            long scales = end + RoundUp(slice.Length * CompactWeights.SizeOf(own));
            _places.Add(slice, new Place(own, end, scales));
            end = scales + RoundUp(own == WeightFormat.Int8 ? ScaleCount(slice) * sizeof(float) : 0);
        }
        _buffer = new AlignedBuffer(end / sizeof(float));
    }

    /// <summary>Layout of the same weights as floats.</summary>
    public ArenaLayout Layout { get; }

    /// <summary>Format of the matrices.</summary>
    public WeightFormat Format { get; }

    /// <summary>Bytes in all, padding included.</summary>
    public long Bytes => _buffer.Length * sizeof(float);

    /// <summary>A vector as one row.</summary>
    public Matrix Vector(ArenaSlice slice)
    {
        Debug.Assert(slice.Form == SliceForm.Vector);
        return new Matrix((float*)Data(_places[slice].Start), slice.Rows, slice.Columns, slice.Columns);
    }

    /// <summary>A matrix in panel order.</summary>
    public WeightPanels Panels(ArenaSlice slice)
    {
        Debug.Assert(slice.Form == SliceForm.Panels);
        var place = _places[slice];
        return new WeightPanels(place.Format, Data(place.Start), Scales(place), slice.Rows, slice.Columns);
    }

    /// <summary>A matrix that is read row by row.</summary>
    public WeightRows Rows(ArenaSlice slice)
    {
        Debug.Assert(slice.Form == SliceForm.Rows);
        var place = _places[slice];
        return new WeightRows(place.Format, Data(place.Start), Scales(place), slice.Rows, slice.Columns);
    }

    /// <summary>Rounds a slice's weights to its format.</summary>
    /// <param name="slice">The slice.</param>
    /// <param name="values">Its floats, in the order of an arena; finite.</param>
    public void Store(ArenaSlice slice, AlignedBuffer values)
    {
        Debug.Assert(values.Length == slice.Length);
        var place = _places[slice];
        byte* to = Data(place.Start);
        switch (place.Format)
        {
            case WeightFormat.BF16:
                for (long i = 0; i < slice.Length; i++)
                    ((ushort*)to)[i] = CompactWeights.ToBFloat16(values.Data[i]);
                break;
            case WeightFormat.Int8:
                StoreInt8(slice, values.Data, (sbyte*)to, Scales(place));
                break;
            default:
                Buffer.MemoryCopy(values.Data, to, slice.Length * sizeof(float), slice.Length * sizeof(float));
                break;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _buffer.Dispose();

    private static void StoreInt8(ArenaSlice slice, float* values, sbyte* to, float* scales)
    {
        new Span<float>(scales, ScaleCount(slice)).Clear();
        for (long i = 0; i < slice.Length; i++)
        {
            ref float largest = ref scales[ScaleIndex(slice, i)];
            largest = Math.Max(largest, Math.Abs(values[i]));
        }
        for (int i = 0; i < ScaleCount(slice); i++)
            scales[i] = CompactWeights.ScaleOf(scales[i]);
        for (long i = 0; i < slice.Length; i++)
            to[i] = CompactWeights.ToInt8(values[i], scales[ScaleIndex(slice, i)]);
    }

    private static int ScaleCount(ArenaSlice slice) => slice.Form == SliceForm.Rows ? slice.Rows : slice.Columns;

    /// <summary>The output, or the row, of a slice's i-th float.</summary>
    private static int ScaleIndex(ArenaSlice slice, long i) =>
        slice.Form == SliceForm.Rows
            ? (int)(i / slice.Columns)
            : (int)(i / (slice.Rows * Padding.Unit) * Padding.Unit + i % Padding.Unit);

    private byte* Data(long start) => (byte*)_buffer.Data + start;

    private float* Scales(Place place) => place.Format == WeightFormat.Int8 ? (float*)Data(place.ScalesStart) : null;

    private static long RoundUp(long bytes) =>
        (bytes + AlignedBuffer.Alignment - 1) / AlignedBuffer.Alignment * AlignedBuffer.Alignment;

    /// <summary>Where a slice's numbers begin, and their scales, in bytes.</summary>
    private readonly record struct Place(WeightFormat Format, long Start, long ScalesStart);
}
