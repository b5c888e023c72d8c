using System.Diagnostics;

namespace CharRnn.Engine;

/// <summary>
/// A view of the weights of a product in panel order, in any <see cref="WeightFormat"/>. What is trained is
/// <see cref="Panels"/>; what is only multiplied with may be compact. A compact panel holds its sixteen outputs for
/// inputs 0 and 1, the two of an output side by side, then for inputs 2 and 3, and so on; a last odd input has a zero
/// beside it.
/// </summary>
internal readonly unsafe struct WeightPanels
{
    internal readonly byte* Data;

    /// <summary>(N): the scale of each output; null where the format has none.</summary>
    internal readonly float* Scales;

    internal WeightPanels(WeightFormat format, byte* data, float* scales, int inputs, int outputs)
    {
        Debug.Assert(outputs % Padding.Unit == 0);
        (Format, Inputs, Outputs) = (format, inputs, outputs);
        int terms = CompactWeights.StoredTerms(format, inputs);
        PanelBytes = (nint)terms * Padding.Unit * CompactWeights.SizeOf(format);
        Data = data;
        Scales = scales;
    }

    /// <summary>Format of the weights.</summary>
    public WeightFormat Format { get; }

    /// <summary>K: the length of every sum in a product with this matrix.</summary>
    public int Inputs { get; }

    /// <summary>N: the number of outputs, padding included; a multiple of <see cref="Padding.Unit"/>.</summary>
    public int Outputs { get; }

    /// <summary>Number of panels.</summary>
    public int Count => Outputs / Padding.Unit;

    /// <summary>Bytes in one panel.</summary>
    internal nint PanelBytes { get; }

    /// <summary>The same as floats, where that is their format.</summary>
    internal Panels Singles
    {
        get
        {
            Debug.Assert(Format == WeightFormat.F32);
            return new Panels((float*)Data, Inputs, Outputs);
        }
    }

    /// <summary>
    /// The outputs from <paramref name="start"/> on; both numbers are multiples of <see cref="Padding.Unit"/>.
    /// </summary>
    public WeightPanels OutputRange(int start, int count)
    {
        Debug.Assert(start % Padding.Unit == 0 && start + count <= Outputs);
        byte* data = Data + start / Padding.Unit * PanelBytes;
        return new WeightPanels(Format, data, Scales is null ? null : Scales + start, Inputs, count);
    }

    /// <summary>Weights as they are trained.</summary>
    public static implicit operator WeightPanels(Panels panels) =>
        new(WeightFormat.F32, (byte*)panels.Data, null, panels.Inputs, panels.Outputs);
}

/// <summary>
/// A view of weights that are read row by row, as embeddings and the weights of what is fed one-hot, in any
/// <see cref="WeightFormat"/>.
/// </summary>
internal readonly unsafe struct WeightRows
{
    private readonly WeightFormat _format;
    private readonly byte* _data;

    // (rows): null where the format has none.
    private readonly float* _scales;
    private readonly int _rows,
        _columns;

    internal WeightRows(WeightFormat format, byte* data, float* scales, int rows, int columns)
    {
        (_format, _rows, _columns) = (format, rows, columns);
        _data = data;
        _scales = scales;
    }

    /// <summary>Copies neighboring columns of a row, as floats.</summary>
    /// <param name="row">The row.</param>
    /// <param name="firstColumn">The first column.</param>
    /// <param name="destination">(columns), overwritten.</param>
    public void CopyRow(int row, int firstColumn, Span<float> destination)
    {
        Debug.Assert((uint)row < (uint)_rows && firstColumn + destination.Length <= _columns);
        CompactWeights.Widen(
            _format,
            _data + ((long)row * _columns + firstColumn) * CompactWeights.SizeOf(_format),
            _scales is null ? 1 : _scales[row],
            destination
        );
    }
}
