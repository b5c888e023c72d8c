using CharRnn.Engine;

namespace CharRnn.Tests.Engine;

/// <summary>
/// A matrix with canaries on all four sides: NaNs, so that whatever reads them shows, and of known bits, so that
/// whatever writes them shows too.
/// </summary>
internal sealed class GuardedMatrix : IDisposable
{
    private const int Margin = Padding.Unit;

    private readonly AlignedBuffer _buffer;
    private readonly Matrix _outside;

    public GuardedMatrix(int rows, int columns, IReadOnlyList<float>? values = null)
    {
        _buffer = new AlignedBuffer((long)(rows + 2) * (columns + 2 * Margin));
        _outside = new Matrix(_buffer, rows + 2, columns + 2 * Margin);
        for (int row = 0; row < _outside.Rows; row++)
            _outside.Row(row).Fill(Canary.Value);
        Inside = _outside.RowRange(1, rows).ColumnRange(Margin, columns);
        for (int i = 0; i < values?.Count; i++)
            Inside[i / columns, i % columns] = values[i];
    }

    public Matrix Inside { get; }

    public float[] Values() => [.. Enumerable.Range(0, Inside.Rows).SelectMany(row => Inside.Row(row).ToArray())];

    public void AssertGuardsUntouched()
    {
        for (int row = 0; row < _outside.Rows; row++)
        {
            bool isGuardRow = row == 0 || row == _outside.Rows - 1;
            Canary.AssertAlive(isGuardRow ? _outside.Row(row) : _outside.Row(row)[..Margin]);
            Canary.AssertAlive(_outside.Row(row)[^Margin..]);
        }
    }

    public void Dispose() => _buffer.Dispose();
}

/// <summary>Panels with a panel of canaries before and after them.</summary>
internal sealed class GuardedPanels : IDisposable
{
    private readonly AlignedBuffer _buffer;
    private readonly int _margin;

    public GuardedPanels(int inputs, int outputs, IReadOnlyList<float>? values = null)
    {
        _margin = inputs * Padding.Unit;
        _buffer = new AlignedBuffer((long)inputs * (outputs + 2 * Padding.Unit));
        _buffer.Slice(0, (int)_buffer.Length).Fill(Canary.Value);
        Inside = new Panels(_buffer, inputs, outputs + 2 * Padding.Unit).OutputRange(Padding.Unit, outputs);
        for (int i = 0; i < values?.Count; i++)
            Inside[i / outputs, i % outputs] = values[i];
    }

    public Panels Inside { get; }

    /// <summary>(inputs, outputs), row-major.</summary>
    public float[] Values() =>
        [
            .. Enumerable
                .Range(0, Inside.Inputs * Inside.Outputs)
                .Select(i => Inside[i / Inside.Outputs, i % Inside.Outputs]),
        ];

    public void AssertGuardsUntouched()
    {
        Canary.AssertAlive(_buffer.Slice(0, _margin));
        Canary.AssertAlive(_buffer.Slice(_buffer.Length - _margin, _margin));
    }

    public void Dispose() => _buffer.Dispose();
}

/// <summary>A NaN that no arithmetic makes.</summary>
internal static class Canary
{
    private const int Bits = 0x7FC0DEAD;

    public static float Value => BitConverter.Int32BitsToSingle(Bits);

    public static void AssertAlive(ReadOnlySpan<float> guard)
    {
        foreach (float value in guard)
            Assert.True(BitConverter.SingleToInt32Bits(value) == Bits, $"a guard was overwritten with {value}");
    }
}
