using System.Diagnostics;

namespace CharRnn.Engine;

/// <summary>
/// Slices on their way into a <see cref="CompactArena"/>: they are floats from when one of theirs is first asked for
/// until they are stored, so that no more memory is taken than for those of one tensor; the same for one tensor after
/// another.
/// </summary>
/// <param name="destination">Where they are stored.</param>
internal sealed unsafe class StagedSlices(CompactArena destination) : IArenaFloats, IDisposable
{
    private readonly Dictionary<ArenaSlice, AlignedBuffer> _staged = new(ReferenceEqualityComparer.Instance);

    // Buffers of zeros, each for any matrix.
    private readonly Stack<AlignedBuffer> _free = [];

    // The slice that was asked for last.
    private ArenaSlice? _current;
    private float* _data;

    /// <summary>Whether all floats that were stored are finite numbers.</summary>
    public bool WereFinite { get; private set; } = true;

    /// <inheritdoc/>
    public ref float this[long index]
    {
        get
        {
            if (_current is null || index < _current.Start || index - _current.Start >= _current.Length)
                Take(SliceOf(index));
            return ref _data[index - _current!.Start];
        }
    }

    /// <summary>Stores the matrices that are staged; vectors may yet change.</summary>
    public void StoreMatrices() => Store(slice => slice.Form != SliceForm.Row);

    /// <summary>Stores the vectors that are staged.</summary>
    public void StoreVectors() => Store(slice => slice.Form == SliceForm.Row);

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var buffer in _staged.Values.Concat(_free))
            buffer.Dispose();
    }

    private void Store(Predicate<ArenaSlice> isStored)
    {
        foreach (var slice in _staged.Keys.Where(slice => isStored(slice)).ToList())
        {
            _staged.Remove(slice, out var buffer);
            var values = buffer!.Slice(0, checked((int)slice.Length));
            foreach (float value in values)
                WereFinite &= float.IsFinite(value);
            destination.Store(slice, buffer);
            values.Clear();
            if (slice.Form == SliceForm.Row)
                buffer.Dispose();
            else
                _free.Push(buffer);
        }
        _current = null;
    }

    private void Take(ArenaSlice slice)
    {
        if (!_staged.TryGetValue(slice, out var buffer))
        {
            // Rows are small, and stay until the end.
            if (slice.Form == SliceForm.Row || !_free.TryPop(out buffer))
                buffer = new AlignedBuffer(slice.Form == SliceForm.Row ? slice.Length : LargestSlice);
            _staged.Add(slice, buffer);
        }
        _current = slice;
        _data = buffer.Data;
    }

    private long LargestSlice => destination.Layout.Slices.Max(slice => slice.Length);

    private ArenaSlice SliceOf(long index)
    {
        var slices = destination.Layout.Slices;
        int low = 0,
            high = slices.Count - 1;
        while (low < high)
        {
            int middle = (low + high + 1) / 2;
            (low, high) = slices[middle].Start <= index ? (middle, high) : (low, middle - 1);
        }
        Debug.Assert(index >= 0 && index - slices[low].Start < slices[low].Length);
        return slices[low];
    }
}
