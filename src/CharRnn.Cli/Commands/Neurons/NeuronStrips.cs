using System.Text.Json;
using CharRnn.Inspecting;
using CharRnn.Report.Neurons;

namespace CharRnn.Cli.Commands;

/// <summary>Part of a text with the values of some units, and the symbols that the model expected.</summary>
internal sealed class NeuronStrips
{
    private const double GateRange = 1;

    private readonly LanguageModel _model;
    private readonly string[] _characters;
    private readonly UnitTraces _traces;
    private readonly int _start;

    /// <summary>Reads a text from its beginning, and keeps what stands from a place on.</summary>
    public NeuronStrips(
        LanguageModel model,
        NeuronText text,
        IReadOnlyList<UnitId> units,
        long start,
        int count,
        CancellationToken cancellationToken
    )
    {
        (_model, Units, _start) = (model, units, (int)start);
        var range = new IdRange(0, Math.Min(start + count, text.Ids.Length));
        _traces = UnitTraces.Of(model, text.Ids, range, units, text.Label, cancellationToken);
        int[] ids = new int[range.Length - start];
        text.Ids.CopyTo(start, ids);
        _characters = [.. ids.Select(id => model.Vocabulary.Decode([id]))];
        All = [.. units.Select((_, unit) => Strip(unit, hasCandidates: unit == 0))];
    }

    /// <summary>The units.</summary>
    public IReadOnlyList<UnitId> Units { get; }

    /// <summary>One for each unit; the first has candidates.</summary>
    public IReadOnlyList<NeuronStrip> All { get; }

    /// <summary>Heading of a page.</summary>
    public string Title => $"Units of {Network}";

    /// <summary>The network in few words.</summary>
    public string Network => $"{_model.Spec.Cell} {_model.Spec.NumLayers}×{_model.Spec.HiddenSize}";

    /// <summary>Writes the characters, what was expected after each, and the values of each unit.</summary>
    public void Write(Utf8JsonWriter json)
    {
        json.WriteStartArray("characters");
        foreach (string character in _characters)
            json.WriteStringValue(character);
        json.WriteEndArray();
        json.WriteStartArray("likeliest");
        foreach (var expected in _traces.Expected.Skip(_start))
        {
            json.WriteStartArray();
            foreach (var candidate in expected.Likeliest.Take(StripCandidate.PerCharacter))
            {
                json.WriteStartObject();
                json.WriteString("character", _model.Vocabulary.Decode([candidate.Id]));
                json.WriteNumber("probability", candidate.Probability);
                json.WriteEndObject();
            }
            json.WriteEndArray();
        }
        json.WriteEndArray();
        json.WriteStartArray("units");
        foreach (var (number, unit) in Units.Index())
        {
            json.WriteStartObject();
            json.WriteString("unit", unit.Name);
            json.WriteStartArray("values");
            foreach (float value in _traces.Values[number].AsSpan(_start))
                json.WriteNumberValue(value);
            json.WriteEndArray();
            json.WriteEndObject();
        }
        json.WriteEndArray();
    }

    private NeuronStrip Strip(int unit, bool hasCandidates)
    {
        var id = Units[unit];
        float[] values = _traces.Values[unit][_start..];
        double range =
            id.Signal == UnitSignal.Cell
                ? Math.Max(GateRange, Math.Ceiling(values.Max(value => Math.Abs((double)value))))
                : GateRange;
        return new NeuronStrip(
            $"layer {id.Layer}, unit {id.Unit}, {id.Signal.Name}",
            null,
            range,
            [
                .. values.Select(
                    (value, i) => new StripCharacter(_characters[i], value, hasCandidates ? CandidatesAfter(i) : [])
                ),
            ]
        );
    }

    private StripCandidate[] CandidatesAfter(int character) =>
        [
            .. _traces
                .Expected[_start + character]
                .Likeliest.Take(StripCandidate.PerCharacter)
                .Select(each => new StripCandidate(_model.Vocabulary.Decode([each.Id]), each.Probability)),
        ];
}
