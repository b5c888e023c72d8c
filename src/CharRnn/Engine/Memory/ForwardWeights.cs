namespace CharRnn.Engine;

/// <summary>
/// Weights that a forward pass reads: those of an arena, which are trained, or compact ones. Whatever changes weights,
/// or carries gradients back through them, takes the <see cref="Arena"/> itself.
/// </summary>
internal readonly unsafe struct ForwardWeights
{
    private readonly Arena? _singles;
    private readonly CompactArena? _compact;

    private ForwardWeights(Arena? singles, CompactArena? compact) => (_singles, _compact) = (singles, compact);

    /// <summary>The floats of an arena.</summary>
    public static implicit operator ForwardWeights(Arena weights) => new(weights, null);

    /// <summary>Compact weights.</summary>
    public static implicit operator ForwardWeights(CompactArena weights) => new(null, weights);

    /// <summary>A vector as one row.</summary>
    public Matrix Row(ArenaSlice slice) => _compact is null ? _singles!.Matrix(slice) : _compact.Row(slice);

    /// <summary>A slice of rows = inputs and columns = outputs, as panels.</summary>
    public WeightPanels Panels(ArenaSlice slice) => _compact is null ? _singles!.Panels(slice) : _compact.Panels(slice);

    /// <summary>A slice that is read row by row.</summary>
    public WeightRows Rows(ArenaSlice slice)
    {
        if (_compact is not null)
            return _compact.Rows(slice);
        var rows = _singles!.Matrix(slice);
        return new WeightRows(WeightFormat.F32, (byte*)rows.Data, null, rows.Rows, rows.Columns);
    }
}
