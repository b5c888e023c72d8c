using CharRnn.Datasets;
using CharRnn.Inspecting;
using CharRnn.Studio.Models;

namespace CharRnn.Studio.Neurons;

/// <summary>
/// A text as a network reads it: the values of its units, and what it expected after each symbol. The values of a whole
/// layer's signal are kept while they fit, so that going from unit to unit reads nothing again.
/// </summary>
public sealed class NeuronView
{
    // A quarter of a gigabyte: 256 units over a quarter of a million symbols.
    private const long MaxKeptBytes = 256 << 20;

    private readonly Lock _gate = new();
    private readonly Dictionary<(int Layer, string Signal), float[][]> _kept = [];
    private readonly SymbolIds _ids;
    private long _keptBytes;

    private NeuronView(ModelLease lease, SymbolIds ids, LabelBlend? label, string[] symbols) =>
        (Lease, _ids, Label, Symbols) = (lease, ids, label, symbols);

    /// <summary>The model. Whoever computes with it shares the lease meanwhile: the page may be left before the end.</summary>
    internal ModelLease Lease { get; }

    /// <summary>The network.</summary>
    internal LanguageModel Model => Lease.LanguageModel;

    /// <summary>The label of all of the text; null for none, or for each record's own.</summary>
    internal LabelBlend? Label { get; }

    /// <summary>The label of what is written on from a position; null for none.</summary>
    internal LabelBlend? LabelAt(int position) =>
        _ids.Labels is { } own ? LabelBlend.Of(own[position], Model.Labels) : Label;

    /// <summary>Where the record begins that a position is in, with its boundary; 0 in a text without labels.</summary>
    internal int StartOfRecord(int position)
    {
        if (_ids.Labels is null)
            return 0;
        while (position > 0 && _ids[position] != Model.Vocabulary.BoundaryId)
            position--;
        return position;
    }

    /// <summary>The text's symbols.</summary>
    internal SymbolIds Ids => _ids;

    /// <summary>All of the text.</summary>
    internal IdRange All => new(0, _ids.Length);

    /// <summary>(symbols): each as text.</summary>
    public IReadOnlyList<string> Symbols { get; }

    /// <summary>(symbols): what the network expected after each.</summary>
    internal IReadOnlyList<Expectation> Expected { get; private set; } = [];

    /// <summary>Reads a text, and the hidden states of a layer with it.</summary>
    internal static NeuronView Of(
        ModelLease lease,
        SymbolIds ids,
        LabelBlend? label,
        UnitId first,
        CancellationToken cancellationToken
    )
    {
        var model = lease.LanguageModel;
        string?[] names = new string?[model.Vocabulary.Count];
        string[] symbols = new string[ids.Length];
        for (int i = 0; i < symbols.Length; i++)
            symbols[i] = names[ids[i]] ??= model.Vocabulary.Decode([ids[i]]);
        var view = new NeuronView(lease, ids, label, symbols);
        _ = view.Values(first, cancellationToken);
        return view;
    }

    /// <summary>(symbols): the values of a unit.</summary>
    internal float[] Values(UnitId unit, CancellationToken cancellationToken)
    {
        var key = (unit.Layer, unit.Signal.Name);
        lock (_gate)
        {
            if (_kept.TryGetValue(key, out float[][]? known))
                return known[unit.Unit];
        }
        using var use = Lease.Share();
        int hidden = Model.Spec.HiddenSize;
        long bytes = (long)hidden * Symbols.Count * sizeof(float);
        bool keeps = bytes <= MaxKeptBytes;
        UnitId[] units = keeps ? [.. Enumerable.Range(0, hidden).Select(other => unit with { Unit = other })] : [unit];
        var traces = UnitTraces.Of(Model, _ids, All, units, Label, cancellationToken);
        lock (_gate)
        {
            Expected = traces.Expected;
            if (!keeps)
                return traces.Values[0];
            if (_keptBytes + bytes > MaxKeptBytes)
            {
                _kept.Clear();
                _keptBytes = 0;
            }
            _kept[key] = traces.Values;
            _keptBytes += bytes;
            return traces.Values[unit.Unit];
        }
    }
}
