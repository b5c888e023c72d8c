using CharRnn.Engine;

namespace CharRnn.Networks;

/// <summary>
/// One worker's room for packing the operands of weight gradients, a block of rows at a time. What is packed once
/// serves every product it is part of.
/// </summary>
internal sealed class PackingScratch : IDisposable
{
    private readonly AlignedBuffer _inputs,
        _hidden,
        _gradients;

    /// <summary>Makes room for blocks of rows as wide as the widest operands.</summary>
    /// <param name="widestInput">Columns of the widest layer input.</param>
    /// <param name="widestHidden">Columns of the widest of hidden states and what the head takes in.</param>
    /// <param name="widestGradient">Columns of the widest gradient.</param>
    public PackingScratch(int widestInput, int widestHidden, int widestGradient)
    {
        _inputs = new AlignedBuffer((long)MatrixProducts.TermBlock * widestInput);
        _hidden = new AlignedBuffer((long)MatrixProducts.TermBlock * widestHidden);
        _gradients = new AlignedBuffer((long)MatrixProducts.TermBlock * widestGradient);
    }

    /// <summary>Packs what a layer's input weights were multiplied with.</summary>
    /// <param name="rows">(up to <see cref="MatrixProducts.TermBlock"/>, M padded).</param>
    public Panels PackInputs(Matrix rows) => Pack(rows, _inputs, sums: default);

    /// <summary>Packs what the recurrent weights, a projection or the head were multiplied with.</summary>
    /// <inheritdoc cref="PackInputs"/>
    public Panels PackHidden(Matrix rows) => Pack(rows, _hidden, sums: default);

    /// <summary>Packs the gradients of the products, and adds them to that of the bias.</summary>
    /// <param name="rows">(up to <see cref="MatrixProducts.TermBlock"/>, N).</param>
    /// <param name="dBias">(1, N), accumulated; empty where there is no bias.</param>
    public Panels PackGradients(Matrix rows, Matrix dBias) => Pack(rows, _gradients, dBias);

    /// <inheritdoc/>
    public void Dispose()
    {
        _inputs.Dispose();
        _hidden.Dispose();
        _gradients.Dispose();
    }

    private static Panels Pack(Matrix rows, AlignedBuffer room, Matrix sums)
    {
        var panels = new Panels(room, rows.Rows, rows.Columns);
        Packing.PackRows(rows, panels, sums);
        return panels;
    }
}
