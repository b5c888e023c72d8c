using CharRnn.Engine;
using CharRnn.Networks;

namespace CharRnn.Inspecting;

/// <summary>Visitor of the steps of a scan, one for each layer and position, positions in order within a window.</summary>
internal interface IUnitVisitor
{
    /// <summary>A layer has made its step.</summary>
    /// <param name="layer">The layer.</param>
    /// <param name="position">The position in the range that is read, from 0.</param>
    /// <param name="step">The values, during the call.</param>
    void Visit(int layer, long position, UnitStep step);
}

/// <summary>Visitor of what the network expects after each position, in order.</summary>
internal interface IPredictionVisitor
{
    /// <summary>The logits after a position.</summary>
    /// <param name="position">The position in the range, from 0.</param>
    /// <param name="logits">(V), during the call.</param>
    /// <param name="next">The symbol that came; null after the last.</param>
    void Visit(long position, ReadOnlySpan<float> logits, int? next);
}

/// <summary>The values of one step of a layer.</summary>
internal readonly ref struct UnitStep(CellStep step, int hidden)
{
    private readonly CellStep _step = step;

    /// <summary>(H): a signal of all units.</summary>
    public ReadOnlySpan<float> Of(UnitSignal signal) =>
        (
            signal.Gate is { } gate ? _step.Slot(gate)
            : signal == UnitSignal.Cell ? _step.CellState
            : _step.Hidden
        ).Row(0)[..hidden];
}

/// <summary>
/// Scan of a text by a network in windows with carried state, which hands out every unit's signals from the engine's
/// own forward pass. One window is in memory at a time; its length changes no bit.
/// </summary>
internal sealed class UnitScan : IDisposable
{
    private const int DefaultSteps = 64;

    private readonly LanguageModel _model;
    private readonly WorkerTeam _team = new(1);
    private readonly Window _window;
    private readonly AlignedBuffer? _shift;
    private readonly InputProjection? _labelTable;

    /// <summary>Makes a scan.</summary>
    /// <param name="model">The network.</param>
    /// <param name="label">The label of the whole text; null for none, or for each record's own.</param>
    /// <param name="steps">T.</param>
    public UnitScan(LanguageModel model, LabelBlend? label = null, int steps = DefaultSteps)
    {
        if (label is not null)
            model.RequireLabel(label);
        _model = model;
        _window = new Window(model.Layout, model.ForwardWeights, steps, streams: 1, _team);
        if (label is null)
            return;
        _labelTable = InputProjection.OfLabels(model.Layout, model.ForwardWeights, model.Labels.Count)!;
        _labelTable.BuildAll();
        _shift = new AlignedBuffer(_labelTable.Width);
        var shift = new Matrix(_shift, 1, _labelTable.Width);
        _labelTable.Blend(label, shift);
        _window.Symbols.Shift = shift;
    }

    /// <summary>Reads a range from a state of zeros.</summary>
    /// <param name="ids">The text.</param>
    /// <param name="range">The range.</param>
    /// <param name="units">Is given the units' values; null for none.</param>
    /// <param name="predictions">Is given the logits; null leaves them uncomputed.</param>
    /// <param name="cancellationToken">Stops early.</param>
    /// <exception cref="SettingsException">The model has labels, and the text has none.</exception>
    public void Run(
        SymbolIds ids,
        IdRange range,
        IUnitVisitor? units,
        IPredictionVisitor? predictions = null,
        CancellationToken cancellationToken = default
    )
    {
        bool hasOwnLabels = _model.Labels.Count > 0 && _labelTable is null;
        if (hasOwnLabels && ids.Labels is null)
            _model.RequireLabel(label: null);
        int steps = _window.Tiles.Steps;
        int[] inputs = new int[steps],
            labels = hasOwnLabels ? new int[steps] : [];
        var observer = new Observer(_model.Spec.HiddenSize, units);
        foreach (var layer in _window.Layers)
            layer.Observer = units is null ? null : observer;
        for (long start = 0; start < range.Length; start += steps)
        {
            cancellationToken.ThrowIfCancellationRequested();
            int count = (int)Math.Min(steps, range.Length - start);
            Array.Clear(inputs);
            ids.CopyTo(range.Start + start, inputs.AsSpan(0, count));
            LanguageModel.RequireKnown(inputs, _model.Spec.VocabularySize);
            if (hasOwnLabels)
                ids.Labels!.CopyTo(range.Start + start, labels.AsSpan(0, count));
            (observer.Start, observer.Count) = (start, count);
            _window.SetInputs(inputs, labels);
            _window.Forward(worker: 0, carryState: start > 0);
            if (predictions is not null)
                Predict(ids, range, start, count, predictions);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _window.Dispose();
        _labelTable?.Dispose();
        _shift?.Dispose();
        _team.Dispose();
    }

    private void Predict(SymbolIds ids, IdRange range, long start, int count, IPredictionVisitor visitor)
    {
        var head = _window.Head;
        for (int group = 0; group < head.GroupCount; group++)
        {
            for (int next = 0; next < head.BlockCount(group); )
            {
                var block = head.Joined(group, ref next, head.BlockCount(group));
                var logits = head.Logits(block);
                for (int i = 0; i < block.Count && block.Start + i < count; i++)
                {
                    long position = start + block.Start + i;
                    int? came = position + 1 < range.Length ? ids[range.Start + position + 1] : null;
                    visitor.Visit(position, logits.Row(i)[.._model.Spec.VocabularySize], came);
                }
            }
        }
    }

    private sealed class Observer(int hidden, IUnitVisitor? visitor) : IScanObserver
    {
        public long Start { get; set; }

        public int Count { get; set; }

        public void Forward(int layer, int t, in CellStep step)
        {
            if (t < Count)
                visitor?.Visit(layer, Start + t, new UnitStep(step, hidden));
        }

        public void InputsProjected(int layer, int t, Matrix gates) { }

        public void RecurrentAdded(int layer, int t, Matrix gates) { }

        public void GradientArrives(int layer, int t, Matrix dHidden, Matrix dCell) { }

        public void Backward(int layer, int t, in CellStep step, in CellGradients gradients) { }
    }
}
