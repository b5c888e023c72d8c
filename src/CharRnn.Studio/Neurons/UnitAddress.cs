using CharRnn.Inspecting;

namespace CharRnn.Studio.Neurons;

/// <summary>A signal of a unit, as addresses and controls have it.</summary>
/// <param name="Layer">The layer, from 0.</param>
/// <param name="Unit">The unit, from 0.</param>
/// <param name="Signal">Name of the signal.</param>
public sealed record UnitAddress(int Layer, int Unit, string Signal)
{
    /// <summary>The unit in an address: <c>1:42:cell</c>.</summary>
    internal string NameIn(ModelSpec spec) => In(spec).Name;

    /// <summary>The unit of a network.</summary>
    /// <exception cref="SettingsException">The network lacks it.</exception>
    internal UnitId In(ModelSpec spec) => new(Layer, Unit, UnitSignal.Parse(Signal, spec));

    internal static UnitAddress Of(UnitId unit) => new(unit.Layer, unit.Unit, unit.Signal.Name);

    /// <summary>The unit that an address names, or the first one of the last layer.</summary>
    internal static UnitAddress Parse(string? name, ModelSpec spec)
    {
        try
        {
            if (name is { Length: > 0 })
                return Of(UnitId.Parse(name, spec));
        }
        catch (SettingsException)
        {
            // Of another network: units have no meaning beyond theirs.
        }
        return new(spec.NumLayers - 1, 0, UnitSignal.Hidden.Name);
    }
}
