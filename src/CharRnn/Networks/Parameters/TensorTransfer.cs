using CharRnn.Engine;

namespace CharRnn.Networks;

/// <summary>Transfer of a tensor's elements into a tensor of another model, row by row and column by column.</summary>
internal static class TensorTransfer
{
    /// <summary>Overwrites what the source has; other elements of the destination stay as they were.</summary>
    /// <param name="from">The source's tensor.</param>
    /// <param name="source">Its elements.</param>
    /// <param name="rows">Destination of each of its rows; null for none.</param>
    /// <param name="columns">The same of its columns.</param>
    /// <param name="to">The destination's tensor.</param>
    /// <param name="destination">Its elements.</param>
    public static void Copy(
        ParameterTensor from,
        Arena source,
        int?[] rows,
        int?[] columns,
        ParameterTensor to,
        Arena destination
    )
    {
        float[] old = from.CopyFrom(source),
            values = to.CopyFrom(destination);
        for (int row = 0, i = 0; row < rows.Length; row++)
        {
            for (int column = 0; column < columns.Length; column++, i++)
            {
                if (rows[row] is { } newRow && columns[column] is { } newColumn)
                    values[newRow * to.Columns + newColumn] = old[i];
            }
        }
        to.CopyTo(values, destination);
    }

    /// <summary>Rows or columns that stay in their places.</summary>
    public static int?[] Same(int count) => [.. Enumerable.Range(0, count).Select(place => (int?)place)];

    /// <summary>Places of some labels among others, by name; null for those that are not there.</summary>
    public static int?[] PlacesOf(IReadOnlyList<string> labels, IReadOnlyList<string> among)
    {
        var places = among.Index().ToDictionary(label => label.Item, label => label.Index, StringComparer.Ordinal);
        return [.. labels.Select(label => places.TryGetValue(label, out int place) ? (int?)place : null)];
    }
}
