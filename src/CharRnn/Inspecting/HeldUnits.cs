using CharRnn.Engine;
using CharRnn.Networks;

namespace CharRnn.Inspecting;

/// <summary>Hidden unit that is held at a value.</summary>
/// <param name="Layer">The layer, from 0.</param>
/// <param name="Unit">The unit, from 0.</param>
/// <param name="Value">The value of h after every step; 0 silences the unit.</param>
internal readonly record struct HeldUnit(int Layer, int Unit, float Value);

/// <summary>
/// Interference with hidden units while a network reads and writes: after every step of its layer a unit has the value
/// that it is held at, before the layer above, the head or the next step sees it. What the cell remembers beside that
/// (an lstm's cell state) goes on as it was. (A. Bau et al., "Identifying and controlling important neurons in neural
/// machine translation", 2019.)
/// </summary>
internal sealed class HeldUnits : IScanObserver
{
    private readonly IReadOnlyList<HeldUnit>[] _ofLayer;

    /// <summary>Holds units of a network.</summary>
    /// <exception cref="SettingsException">It lacks one, or a value is not finite.</exception>
    public HeldUnits(ModelSpec spec, IReadOnlyList<HeldUnit> units)
    {
        foreach (var unit in units)
        {
            if ((uint)unit.Layer >= (uint)spec.NumLayers)
                throw new SettingsException($"layer {unit.Layer} is held; the network has 0 to {spec.NumLayers - 1}.");
            if ((uint)unit.Unit >= (uint)spec.HiddenSize)
                throw new SettingsException(
                    $"unit {unit.Unit} is held; each layer of the network has 0 to {spec.HiddenSize - 1}."
                );
            if (!float.IsFinite(unit.Value))
                throw new SettingsException($"unit {unit.Unit} is held at {unit.Value}; a number is needed.");
        }
        _ofLayer =
        [
            .. Enumerable
                .Range(0, spec.NumLayers)
                .Select(layer => (IReadOnlyList<HeldUnit>)[.. units.Where(unit => unit.Layer == layer)]),
        ];
    }

    /// <inheritdoc/>
    public void Forward(int layer, int t, in CellStep step)
    {
        foreach (var unit in _ofLayer[layer])
        {
            // Each worker has some of the units.
            int column = unit.Unit - step.Units.Start;
            for (int stream = 0; stream < step.Streams && (uint)column < (uint)step.Width; stream++)
                step.Hidden[stream, column] = unit.Value;
        }
    }

    /// <inheritdoc/>
    public void InputsProjected(int layer, int t, Matrix gates) { }

    /// <inheritdoc/>
    public void RecurrentAdded(int layer, int t, Matrix gates) { }

    /// <inheritdoc/>
    public void GradientArrives(int layer, int t, Matrix dHidden, Matrix dCell) { }

    /// <inheritdoc/>
    public void Backward(int layer, int t, in CellStep step, in CellGradients gradients) { }
}
