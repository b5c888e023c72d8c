using CharRnn.Engine;

namespace CharRnn.Networks;

/// <summary>
/// All weights that gradients are carried back through, turned around: those of the layers and of the head. Made anew
/// after each optimiser step.
/// </summary>
internal sealed class NetworkTransposedWeights : IDisposable
{
    private readonly LayerTransposedWeights[] _layers;
    private readonly (TransposedWeights Gates, int Panel)[] _refreshes;
    private readonly Panels _head;
    private readonly AlignedBuffer _headBuffer;

    /// <summary>Makes room for the transposes.</summary>
    /// <param name="layout">The network's parameters.</param>
    /// <param name="weights">Their values, read at every refresh.</param>
    /// <param name="head">(joined, N): the head's weights.</param>
    /// <param name="outputs">N, without padding.</param>
    public NetworkTransposedWeights(RecurrentLayout layout, Arena weights, Panels head, int outputs)
    {
        _layers =
        [
            .. Enumerable
                .Range(0, layout.LayerCount)
                .Select(layer => new LayerTransposedWeights(layout, weights, layer)),
        ];
        _refreshes =
        [
            .. _layers
                .SelectMany(layer => layer.All)
                .SelectMany(gates => Enumerable.Range(0, gates.PanelCount).Select(panel => (gates, panel))),
        ];
        _head = head;
        int width = Padding.RoundUp(head.Inputs);
        _headBuffer = new AlignedBuffer((long)outputs * width);
        Head = new Panels(_headBuffer, outputs, width);
    }

    /// <summary>Those of a numbered layer.</summary>
    public LayerTransposedWeights this[int layer] => _layers[layer];

    /// <summary>(N, what the head takes in).</summary>
    public Panels Head { get; }

    /// <summary>One worker's part of turning the new weights around, after they changed.</summary>
    public void Refresh(int worker, WorkerTeam team)
    {
        // The head's panels come first, then those of the gates.
        var share = team.ShareOf(_head.Count + _refreshes.Length, worker);
        for (int i = share.Start; i < share.End; i++)
        {
            if (i < _head.Count)
                Packing.Transpose(_head.OutputRange(i * Padding.Unit, Padding.Unit), i * Padding.Unit, Head);
            else
                _refreshes[i - _head.Count].Gates.Refresh(_refreshes[i - _head.Count].Panel);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var layer in _layers)
            layer.Dispose();
        _headBuffer.Dispose();
    }
}
