using CharRnn.Kernels;
using CharRnn.Memory;

namespace CharRnn.Models;

/// <summary>One worker's room for packing the operands of weight gradients, a block of rows at a time.</summary>
internal sealed class PackingScratch : IDisposable
{
    private readonly AlignedBuffer _inputs, _gradients;

    /// <summary>Makes room for blocks of rows as wide as the widest operands.</summary>
    public PackingScratch(int widestInput, int widestGradient)
    {
        _inputs = new AlignedBuffer((long)MatrixProducts.TermBlock * widestInput);
        _gradients = new AlignedBuffer((long)MatrixProducts.TermBlock * widestGradient);
    }

    /// <summary>destination += inputsᵀ·gradients, the rows in order; the first block replaces what is there when <paramref name="overwrite"/> is set.</summary>
    /// <param name="inputs">(rows, M padded).</param>
    /// <param name="gradients">(rows, N).</param>
    /// <param name="overwrite">Whether the old content counts for nothing.</param>
    /// <param name="destination">(M, N) panels.</param>
    public void AddTransposedProduct(Matrix inputs, Matrix gradients, bool overwrite, Panels destination)
    {
        for (int row = 0; row < inputs.Rows; row += MatrixProducts.TermBlock)
        {
            int count = Math.Min(MatrixProducts.TermBlock, inputs.Rows - row);
            var packedInputs = new Panels(_inputs, count, inputs.Columns);
            var packedGradients = new Panels(_gradients, count, gradients.Columns);
            Packing.PackRows(inputs.RowRange(row, count), packedInputs);
            Packing.PackRows(gradients.RowRange(row, count), packedGradients);
            MatrixProducts.TransposedProduct(packedInputs, packedGradients, overwrite && row == 0, destination);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _inputs.Dispose();
        _gradients.Dispose();
    }
}
