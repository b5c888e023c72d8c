using System.CommandLine;
using CharRnn.Cli.Commands;
using CharRnn.Cli.Rendering;

namespace CharRnn.Cli.Flags;

/// <summary>
/// <c>--label</c>, <c>--starts</c> and <c>--classifier</c> of <c>charrnn sample</c>: what a model with labels is asked
/// to write, and who judges it.
/// </summary>
internal sealed class LabelFlags
{
    /// <summary>The word for every label.</summary>
    private const string All = "all";

    private readonly Option<string[]> _label = new("--label")
    {
        Description =
            $"Of a model with labels: what to write. Several, each given with a flag of its own, or '{All}', "
            + "are written one after another; a blend has weights: Russian=0.7,Greek=0.3, with quotation marks around a "
            + "label that has a comma in it.",
        HelpName = "LABEL",
    };

    private readonly Option<string?> _starts = new("--starts")
    {
        Description =
            "Of a model with labels: write --num-samples texts for each of these letters, which they begin with.",
        HelpName = "LETTERS",
    };
    private readonly Option<string?> _classifier = new("--classifier")
    {
        Description =
            "Of a model with labels: say of how many samples this model of 'charrnn classify train' gives "
            + "the label that was asked for.",
        HelpName = "MODEL",
    };

    /// <summary>The flags.</summary>
    public IReadOnlyList<Option> Options => [_label, _starts, _classifier];

    /// <summary>The flag for beginnings.</summary>
    public Option StartsOption => _starts;

    /// <summary>The flag for the classifier.</summary>
    public Option ClassifierOption => _classifier;

    /// <summary>Gives the verb the flags.</summary>
    public void AddTo(VerbCommand verb) => verb.Add(FlagGroup.Labels, Options);

    /// <summary>Whether a label is asked for.</summary>
    public bool IsGiven(ParseResult parsed) => parsed.GetResult(_label) is { Implicit: false };

    /// <summary>The letters that texts are to begin with; null where they are not asked for.</summary>
    /// <exception cref="SettingsException">They are asked for, and there is none.</exception>
    public string? Starts(ParseResult parsed) =>
        parsed.GetValue(_starts) is not ""
            ? parsed.GetValue(_starts)
            : throw new SettingsException($"{_starts.Name} is empty; give at least one letter.");

    /// <summary>The model that judges; null for none.</summary>
    public string? Classifier(ParseResult parsed) => parsed.GetValue(_classifier);

    /// <summary>The labels that are asked for; none for a model without labels.</summary>
    /// <exception cref="SettingsException">
    /// The model does not have one of them, or has labels and none is asked for, or has none.
    /// </exception>
    public IReadOnlyList<LabelBlend> Resolve(ParseResult parsed, LanguageModel model)
    {
        string[] asked = parsed.GetValue(_label) ?? [];
        if (model.Labels.Count == 0)
        {
            return Options.FirstOrDefault(option => parsed.GetResult(option) is { Implicit: false }) is { } given
                ? throw new SettingsException(
                    $"{given.Name} is for models with labels, and this one was trained without; leave it out, or "
                        + "train one with 'charrnn train DATA --labelled'."
                )
                : [];
        }

        if (asked.Length == 0)
            throw new SettingsException(
                $"the model writes what a label says: give {_label.Name} {All}, or one of "
                    + $"{LabelNames.List(model.Labels)}."
            );
        List<LabelBlend> mixes =
        [
            .. asked.SelectMany(text =>
                text == All && LabelNames.IndexOf(All, model.Labels) is null
                    ? Enumerable.Range(0, model.Labels.Count).Select(id => LabelBlend.Of(id, model.Labels))
                    : [LabelBlend.Parse(text, model.Labels)]
            ),
        ];
        return
            mixes.GroupBy(mix => mix.Name, StringComparer.Ordinal).FirstOrDefault(same => same.Count() > 1) is { } twice
            ? throw new SettingsException(
                $"{_label.Name} asks for '{LabelNames.Cut(twice.Key)}' twice; ask for it once, and with --num-samples for more texts."
            )
            : mixes;
    }

    /// <summary>The one label that is asked for; null for a model without labels.</summary>
    /// <exception cref="SettingsException">Several are.</exception>
    public LabelBlend? Only(IReadOnlyList<LabelBlend> asked, Option beside) =>
        asked.Count <= 1
            ? asked.SingleOrDefault()
            : throw new SettingsException(
                $"{_label.Name} asks for {asked.Count} labels, and {beside.Name} writes of one; give one, or a blend."
            );
}
