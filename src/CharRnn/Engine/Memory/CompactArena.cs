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
            var own = slice.Form == SliceForm.Row ? WeightFormat.F32 : format;
            long scales = end + RoundUp(StoredLength(slice, own) * CompactWeights.SizeOf(own));
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
    public Matrix Row(ArenaSlice slice)
    {
        Debug.Assert(slice.Form == SliceForm.Row);
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
    /// <param name="values">Its floats, in the order of an arena, from the first on; finite.</param>
    public void Store(ArenaSlice slice, AlignedBuffer values)
    {
        Debug.Assert(values.Length >= slice.Length);
        var place = _places[slice];
        byte* to = Data(place.Start);
        float* scales = Scales(place);
        if (scales is not null)
            FindScales(slice, values.Data, scales);
        for (int line = 0; line < LineCount(slice); line++)
        {
            for (int i = 0; i < LineLength(slice); i++)
            {
                float value = values.Data[(long)line * LineLength(slice) + i];
                long stored = StoredIndex(slice, place.Format, line, i);
                switch (place.Format)
                {
                    case WeightFormat.BF16:
                        ((ushort*)to)[stored] = CompactWeights.ToBFloat16(value);
                        break;
                    case WeightFormat.Int8:
                        ((sbyte*)to)[stored] = CompactWeights.ToInt8(value, scales[ScaleIndex(slice, line, i)]);
                        break;
                    default:
                        ((float*)to)[stored] = value;
                        break;
                }
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _buffer.Dispose();

    private static void FindScales(ArenaSlice slice, float* values, float* scales)
    {
        new Span<float>(scales, ScaleCount(slice)).Clear();
        for (int line = 0; line < LineCount(slice); line++)
        {
            for (int i = 0; i < LineLength(slice); i++)
            {
                ref float largest = ref scales[ScaleIndex(slice, line, i)];
                largest = Math.Max(largest, Math.Abs(values[(long)line * LineLength(slice) + i]));
            }
        }
        for (int i = 0; i < ScaleCount(slice); i++)
            scales[i] = CompactWeights.ScaleOf(scales[i]);
    }

    /// <summary>Lines of an arena's floats: rows, or the sixteen weights that each input has in each panel.</summary>
    private static int LineCount(ArenaSlice slice) => (int)(slice.Length / LineLength(slice));

    private static int LineLength(ArenaSlice slice) => slice.Form == SliceForm.Panels ? Padding.Unit : slice.Columns;

    /// <summary>Where the i-th weight of a line is stored: as in an arena, but that panels have pairs of terms.</summary>
    private static long StoredIndex(ArenaSlice slice, WeightFormat format, int line, int i)
    {
        if (slice.Form != SliceForm.Panels)
            return (long)line * slice.Columns + i;
        var (panel, input) = Math.DivRem(line, slice.Rows);
        var (pair, term) = Math.DivRem(input, CompactWeights.PairTerms);
        int terms = CompactWeights.StoredTerms(format, slice.Rows);
        return (long)panel * terms * Padding.Unit + (pair * Padding.Unit + i) * CompactWeights.PairTerms + term;
    }

    /// <summary>The output, or the row, that the i-th weight of a line is of.</summary>
    private static int ScaleIndex(ArenaSlice slice, int line, int i) =>
        slice.Form == SliceForm.Rows ? line : line / slice.Rows * Padding.Unit + i;

    private static int ScaleCount(ArenaSlice slice) => slice.Form == SliceForm.Rows ? slice.Rows : slice.Columns;

    private static long StoredLength(ArenaSlice slice, WeightFormat format) =>
        slice.Form == SliceForm.Panels
            ? (long)CompactWeights.StoredTerms(format, slice.Rows) * slice.Columns
            : slice.Length;

    private byte* Data(long start) => (byte*)_buffer.Data + start;

    private float* Scales(Place place) => place.Format == WeightFormat.Int8 ? (float*)Data(place.ScalesStart) : null;

    private static long RoundUp(long bytes) =>
        (bytes + AlignedBuffer.Alignment - 1) / AlignedBuffer.Alignment * AlignedBuffer.Alignment;

    /// <summary>Where a slice's numbers begin, and their scales, in bytes.</summary>
    private readonly record struct Place(WeightFormat Format, long Start, long ScalesStart);
}
