using System.CommandLine;
using System.Globalization;
using CharRnn.Checkpoints;
using CharRnn.Cli.Flags;
using CharRnn.Cli.Rendering;
using CharRnn.Datasets;
using CharRnn.Inspecting;
using CharRnn.Report.Neurons;

namespace CharRnn.Cli.Commands;

/// <summary>
/// <c>charrnn neurons</c>: which units of a network tell what, and a text coloured by them.
/// </summary>
internal sealed class NeuronsCommand : VerbCommand
{
    private const int DefaultSearched = 20_000,
        MaxSearched = 1_000_000,
        DefaultColored = 400,
        MaxColored = 100_000,
        DefaultTop = 5,
        MaxTop = 1000;
    private const string Page = ".html",
        Picture = ".svg";

    private readonly ModelArgument _model = new();
    private readonly NeuronTextFlags _text;
    private readonly Option<string[]> _units = new("--unit")
    {
        Description =
            "A unit to colour the text by, as LAYER:UNIT, both from 0, and a signal where it is not the hidden state: "
            + "1:42, 0:7:cell; may be repeated.",
        HelpName = "L:U",
    };
    private readonly Option<string[]> _find = new("--find")
    {
        Description =
            "A property of the text to find units for; may be repeated (default, without --unit: all): "
            + $"{string.Join(", ", TextProperty.All.Select(property => property.Name))}; of a model with labels, "
            + $"{TextProperty.LabelPrefix}NAME.",
        HelpName = "PROPERTY",
    };
    private readonly Option<string?> _regex = new("--find-regex")
    {
        Description = "Find units for what a regular expression matches.",
        HelpName = "REGEX",
    };
    private readonly Setting<int> _top = new(
        "--top",
        $"Units to name for each property (default: {DefaultTop}).",
        DefaultTop,
        text => SettingParser.Integer(text, 1, MaxTop),
        "N"
    );
    private readonly Setting<int> _searched = new(
        "--search-chars",
        $"Characters of the text to search, from its beginning (default: {DefaultSearched}).",
        DefaultSearched,
        text => SettingParser.Integer(text, 2, MaxSearched),
        "N"
    );
    private readonly Setting<int> _colored = new(
        "--chars",
        $"Characters to colour, from the middle of those on (default: {DefaultColored}).",
        DefaultColored,
        text => SettingParser.Integer(text, 1, MaxColored),
        "N"
    );
    private readonly Option<string?> _output = new("--output", "-o")
    {
        Description = "The file for the coloured text: a page (.html), or a picture of its first unit (.svg).",
        HelpName = "FILE",
    };
    private readonly Option<bool> _json = SharedFlags.Json();

    public NeuronsCommand(Shell shell)
        : base(shell, "neurons", "Look at single units: which tell what, and a text coloured by them.")
    {
        _text = new(shell);
        _model.AddTo(this);
        Add(FlagGroup.General, _units, _find, _regex, _top.Option);
        _text.AddTo(this);
        Add(FlagGroup.Text, _searched.Option, _colored.Option);
        Add(FlagGroup.Output, _output, _json);
        MainFlags =
        [
            "--unit",
            "--find",
            "--find-regex",
            "--top",
            "--text-file",
            "--search-chars",
            "--chars",
            "--output",
            "--json",
        ];
        Examples =
        [
            new("charrnn neurons runs/dragons-001 --find quotes -o quotes.html", "Find and draw units for quotes."),
            new("charrnn neurons runs/dragons-001", "See which units tell what."),
            new("charrnn neurons runs/dragons-001 --unit 1:42 --text-file my.txt -o unit.svg", "Draw one unit."),
        ];
    }

    protected override int Run(ParseResult parsed)
    {
        var sources = new SettingSources(parsed, Shell.Environment);
        var (top, searched, colored) = (
            _top.Resolve(sources).Value,
            _searched.Resolve(sources).Value,
            _colored.Resolve(sources).Value
        );
        string? path = parsed.GetValue(_output);
        RequireKind(path);
        using var model = _model.Load(parsed);
        UnitId[] asked = [.. (parsed.GetValue(_units) ?? []).Select(text => ParseUnit(text, model.Spec))];
        var properties = Properties(parsed, model, isOptional: asked.Length > 0);
        bool isColored = path is not null || parsed.GetValue(_json);
        if (asked.Length > 0 && !isColored)
            throw new SettingsException(
                $"{_units.Name} says what the text is coloured by; give {_output.Name} or {_json.Name} too."
            );
        if (sources.IsGiven(_colored.Option) && !isColored)
            Shell.Terminal.Note($"{_colored.Option.Name} has no effect without {_output.Name} or {_json.Name}.");
        if (sources.IsGiven(_top.Option) && properties.Count == 0)
            Shell.Terminal.Note($"{_top.Option.Name} has no effect without {_find.Name}.");
        using var text = _text.Load(sources, model, _model.FileOf(parsed), searched + colored);
        var range = new IdRange(0, Math.Min(searched, text.Ids.Length));

        var found = Find(model, text, range, properties, top, mayLack: !IsGiven(parsed));
        var units = asked.Length > 0 ? asked : found.Select(search => search.Result.Best[0].Unit).Distinct().ToArray();
        if (units.Length == 0)
            throw new CorpusException("none of the properties changes in both halves of the text; give a longer one.");
        var strips = new NeuronStrips(model, text, units, range.Length / 2, colored, Shell.Interruption.Token);
        if (path is not null)
            Draw(path, strips, found, range);
        Print(
            parsed.GetValue(_json),
            json => new NeuronsJson(model, strips, found).Write(json, path),
            () => PrintTable(found, path)
        );
        return ExitCode.Success;
    }

    private bool IsGiven(ParseResult parsed) =>
        parsed.GetResult(_find) is { Implicit: false } || parsed.GetResult(_regex) is { Implicit: false };

    private IReadOnlyList<TextProperty> Properties(ParseResult parsed, LanguageModel model, bool isOptional)
    {
        var named = (parsed.GetValue(_find) ?? []).Select(name => TextProperty.Parse(name, model.Labels)).ToList();
        if (parsed.GetValue(_regex) is { } regex)
            named.Add(
                regex.Length > 0
                    ? TextProperty.OfRegex(regex)
                    : throw new SettingsException($"{_regex.Name} is empty; give a regular expression.")
            );
        return named.Count == 0 && !isOptional ? TextProperty.All : named;
    }

    private List<PropertySearch> Find(
        LanguageModel model,
        NeuronText text,
        IdRange range,
        IReadOnlyList<TextProperty> properties,
        int top,
        bool mayLack
    )
    {
        if (properties.Count > 1)
            Shell.Terminal.Message(
                $"searching {Quantity.Count(range.Length)} characters for {properties.Count} properties"
            );
        var outcomes = UnitSearch.Run(
            model,
            text.Ids,
            range,
            properties,
            count: top,
            label: text.Label,
            cancellationToken: Shell.Interruption.Token
        );
        var found = new List<PropertySearch>();
        foreach (var outcome in outcomes)
        {
            if (outcome.Result is { } result)
                found.Add(new(outcome.Property, result));
            else if (mayLack)
                Shell.Terminal.Message($"the text has too little of '{outcome.Property.Name}' to find units for it");
            else
                throw new SettingsException(outcome.Refusal!);
        }
        return found;
    }

    private void Draw(string path, NeuronStrips strips, List<PropertySearch> found, IdRange range)
    {
        string page =
            Path.GetExtension(path) == Picture
                ? StripPicture.Render(strips.All[0])
                : NeuronReport.RenderPage(
                    strips.Title,
                    $"{strips.Network}; {Quantity.Count(range.Length)} characters searched, "
                        + $"{Quantity.Count(strips.All[0].Characters.Count)} coloured",
                    [.. found.SelectMany(search => search.Rows)],
                    strips.All,
                    Shell.Clock.GetUtcNow()
                );
        NeuronReport.Write(path, page);
    }

    private void PrintTable(List<PropertySearch> found, string? path)
    {
        if (found.Count > 0)
        {
            List<string[]> rows =
            [
                ["property", "unit", "measure", "second half", "first half", "untrained"],
                .. found
                    .SelectMany(search => search.Rows)
                    .Select(row =>
                        new[]
                        {
                            row.Property,
                            row.Unit,
                            row.Measure,
                            Figure(row.Score),
                            Figure(row.ChosenScore),
                            row.Untrained is { } untrained ? Figure(untrained) : "",
                        }
                    ),
            ];
            foreach (string line in Columns.Lines(rows, wordColumns: 3))
                Shell.Output.WriteLine(line.TrimEnd());
        }
        if (path is not null)
            Shell.Output.WriteLine(path);
        else
            Shell.Terminal.Note($"{_output.Name} neurons{Page} draws the text, coloured by them.");
    }

    private static string Figure(double score) => score.ToString("0.000", CultureInfo.InvariantCulture);

    private void RequireKind(string? path)
    {
        if (path is not null && Path.GetExtension(path) is not (Page or Picture))
            throw new SettingsException(
                $"{_output.Name} is {OneLine.Quote(path)}; a page's name ends with {Page}, a picture's with {Picture}."
            );
    }

    private UnitId ParseUnit(string text, ModelSpec spec)
    {
        try
        {
            return UnitId.Parse(text, spec);
        }
        catch (SettingsException refused)
        {
            throw new SettingsException($"{_units.Name}: {refused.Message}");
        }
    }
}
