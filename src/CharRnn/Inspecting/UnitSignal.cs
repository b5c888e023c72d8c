using System.Globalization;
using CharRnn.Checkpoints;
using CharRnn.Explaining;

namespace CharRnn.Inspecting;

/// <summary>Signal of a unit: the hidden state, the cell state, or one of the cell's gates.</summary>
/// <param name="Name"><c>hidden</c>, <c>cell</c>, or the gate's name.</param>
/// <param name="Gate">The gate's slot; null for a state.</param>
internal sealed record UnitSignal(string Name, int? Gate = null)
{
    /// <summary>h after the step.</summary>
    public static UnitSignal Hidden { get; } = new("hidden");

    /// <summary>c after the step.</summary>
    public static UnitSignal Cell { get; } = new("cell");

    /// <summary>The states of a network: hidden, and cell where there is one.</summary>
    public static IReadOnlyList<UnitSignal> StatesOf(ModelSpec spec) =>
        spec.CellKind.HasCellState ? [Hidden, Cell] : [Hidden];

    /// <summary>All signals of a network: its states, then its gates in the order of their slots.</summary>
    public static IReadOnlyList<UnitSignal> Of(ModelSpec spec) =>
        [
            .. StatesOf(spec),
            // The one gate of a plain cell is the hidden state itself, and has no name.
            .. CellEquations
                .Of(spec.Cell)
                .Gates.Select((name, slot) => new UnitSignal(name, slot))
                .Where(signal => signal.Name.Length > 0),
        ];

    /// <summary>Finds a signal by its name.</summary>
    /// <exception cref="SettingsException">The network has none of this name.</exception>
    public static UnitSignal Parse(string name, ModelSpec spec)
    {
        var signals = Of(spec);
        return signals.FirstOrDefault(signal => signal.Name == name)
            ?? throw new SettingsException(
                $"'{spec.Cell}' has no signal '{name}'; use one of {string.Join(", ", signals.Select(s => s.Name))}."
            );
    }
}

/// <summary>One signal of one unit.</summary>
/// <param name="Layer">The layer, from 0.</param>
/// <param name="Unit">The unit, from 0.</param>
/// <param name="Signal">The signal.</param>
internal readonly record struct UnitId(int Layer, int Unit, UnitSignal Signal)
{
    /// <summary>The unit in text: <c>1:42</c>, or <c>1:42:cell</c> where the signal is not the hidden state.</summary>
    public string Name =>
        Signal == UnitSignal.Hidden
            ? FormattableString.Invariant($"{Layer}:{Unit}")
            : FormattableString.Invariant($"{Layer}:{Unit}:{Signal.Name}");

    /// <summary>Reads a unit from its <see cref="Name"/>.</summary>
    /// <exception cref="SettingsException">It is none, or the network lacks it.</exception>
    public static UnitId Parse(string name, ModelSpec spec)
    {
        string[] parts = name.Split(':');
        if (
            parts.Length is not (2 or 3)
            || !int.TryParse(parts[0], CultureInfo.InvariantCulture, out int layer)
            || !int.TryParse(parts[1], CultureInfo.InvariantCulture, out int unit)
        )
            throw new SettingsException(
                $"{OneLine.Quote(name)} is no unit; it needs LAYER:UNIT, such as 0:42, or LAYER:UNIT:SIGNAL."
            );
        var id = new UnitId(layer, unit, parts.Length == 3 ? UnitSignal.Parse(parts[2], spec) : UnitSignal.Hidden);
        id.Require(spec);
        return id;
    }

    /// <summary>Refuses a unit that the network lacks.</summary>
    /// <exception cref="SettingsException">There is no such layer, unit or signal.</exception>
    public void Require(ModelSpec spec)
    {
        if ((uint)Layer >= (uint)spec.NumLayers)
            throw new SettingsException($"layer {Layer} is asked for; the network has 0 to {spec.NumLayers - 1}.");
        if ((uint)Unit >= (uint)spec.HiddenSize)
            throw new SettingsException($"unit {Unit} is asked for; each layer has 0 to {spec.HiddenSize - 1}.");
        _ = UnitSignal.Parse(Signal.Name, spec);
    }
}
