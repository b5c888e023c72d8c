using System.Diagnostics;

namespace CharRnn.Engine;

/// <summary>
/// A view of a (Inputs, Outputs) matrix in panel order: sixteen neighbouring outputs form a panel, and a panel holds
/// its sixteen outputs for input 0, then for input 1, and so on. A product reads it sequentially, one cache line per
/// input, whatever the matrix's width.
/// </summary>
internal readonly unsafe struct Panels
{
    internal readonly float* Data;

    internal Panels(float* data, int inputs, int outputs)
    {
        Debug.Assert(outputs % Padding.Unit == 0);
        Data = data;
        Inputs = inputs;
        Outputs = outputs;
    }

    /// <summary>A view of a buffer's first inputs·outputs floats as panels.</summary>
    public Panels(AlignedBuffer buffer, int inputs, int outputs)
        : this(buffer.Data, inputs, outputs) => Debug.Assert((long)inputs * outputs <= buffer.Length);

    /// <summary>K: the length of every sum in a product with this matrix.</summary>
    public int Inputs { get; }

    /// <summary>N: the number of outputs, padding included; a multiple of <see cref="Padding.Unit"/>.</summary>
    public int Outputs { get; }

    /// <summary>Number of panels.</summary>
    public int Count => Outputs / Padding.Unit;

    /// <summary>Floats in one panel.</summary>
    internal long PanelLength => (long)Inputs * Padding.Unit;

    /// <summary>One element.</summary>
    public ref float this[int input, int output]
    {
        get
        {
            Debug.Assert((uint)input < (uint)Inputs && (uint)output < (uint)Outputs);
            return ref Data[output / Padding.Unit * PanelLength + (long)input * Padding.Unit + output % Padding.Unit];
        }
    }

    /// <summary>
    /// The outputs from <paramref name="start"/> on; both numbers are multiples of <see cref="Padding.Unit"/>.
    /// </summary>
    public Panels OutputRange(int start, int count)
    {
        Debug.Assert(start % Padding.Unit == 0 && start + count <= Outputs);
        return new Panels(Data + start / Padding.Unit * PanelLength, Inputs, count);
    }

    /// <summary>Sets one input of every output to zero.</summary>
    internal void ClearInput(int input)
    {
        Debug.Assert((uint)input < (uint)Inputs);
        for (int panel = 0; panel < Count; panel++)
            new Span<float>(Data + panel * PanelLength + (long)input * Padding.Unit, Padding.Unit).Clear();
    }

    /// <summary>
    /// One of several equal matrices kept one after another in the same buffer, each with <paramref name="inputs"/>
    /// inputs.
    /// </summary>
    internal Panels InputBlock(int index, int inputs)
    {
        Debug.Assert((index + 1) * inputs <= Inputs);
        return new Panels(Data + (long)index * inputs * Outputs, inputs, Outputs);
    }
}
