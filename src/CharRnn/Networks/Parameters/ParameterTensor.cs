using CharRnn.Engine;

namespace CharRnn.Networks;

/// <summary>
/// One trained tensor: its name and shape as PyTorch knows it, and where each element lies in the arena, whose rows are
/// padded and whose weights stand in panel order. Files hold the PyTorch form; only this class knows both.
/// </summary>
internal sealed class ParameterTensor
{
    private readonly Func<int, int, long> _place;

    internal ParameterTensor(string name, int rows, int columns, bool isVector, Func<int, int, long> place)
    {
        (Name, Rows, Columns) = (name, rows, columns);
        Shape = isVector ? [rows] : [rows, columns];
        _place = place;
    }

    /// <summary>PyTorch's name, for instance <c>rnn.weight_hh_l0</c>.</summary>
    public string Name { get; }

    /// <summary>Its shape; row-major.</summary>
    public IReadOnlyList<long> Shape { get; }

    /// <summary>The first dimension.</summary>
    public int Rows { get; }

    /// <summary>The second dimension; 1 for a vector.</summary>
    public int Columns { get; }

    /// <summary>Number of elements.</summary>
    public int Count => checked(Rows * Columns);

    /// <summary>The elements, (Rows, Columns) row-major.</summary>
    internal float[] CopyFrom(IArenaFloats arena)
    {
        float[] values = new float[Count];
        CopyFrom(arena, values);
        return values;
    }

    /// <summary>The same, into a given span.</summary>
    /// <param name="arena">Arena of the elements.</param>
    /// <param name="values">(<see cref="Count"/>), overwritten.</param>
    internal void CopyFrom(IArenaFloats arena, Span<float> values)
    {
        for (int row = 0, i = 0; row < Rows; row++)
        {
            for (int column = 0; column < Columns; column++, i++)
                values[i] = arena[_place(row, column)];
        }
    }

    /// <summary>Puts elements, (Rows, Columns) row-major, in their places.</summary>
    internal void CopyTo(ReadOnlySpan<float> values, IArenaFloats arena)
    {
        if (values.Length != Count)
            throw new ArgumentException(
                $"{Name} was given {values.Length} values; ({string.Join(", ", Shape)}) needs {Count}.",
                nameof(values)
            );
        for (int row = 0, i = 0; row < Rows; row++)
        {
            for (int column = 0; column < Columns; column++, i++)
                arena[_place(row, column)] = values[i];
        }
    }
}
