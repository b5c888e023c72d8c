using System.Globalization;

namespace CharRnn.Studio.Runs;

/// <summary>What a run is trained on.</summary>
public enum RunTextKind
{
    /// <summary>The embedded tales.</summary>
    Dragons,

    /// <summary>The embedded names, to tell their languages.</summary>
    NamesClassifier,

    /// <summary>The embedded names, to write new ones by language.</summary>
    LabeledNames,

    /// <summary>A file or folder on this machine.</summary>
    Path,

    /// <summary>A text that was uploaded.</summary>
    Upload,
}

/// <summary>Order for a run, as the form has it; what is null is left to the command's defaults.</summary>
public sealed class RunOrder
{
    /// <summary>What it is trained on.</summary>
    public RunTextKind Text { get; set; }

    /// <summary>The path that was typed.</summary>
    public string Path { get; set; } = "";

    /// <summary>Name of the run; empty for the next free one.</summary>
    public string Name { get; set; } = "";

    /// <summary>Name of the preset; empty for none.</summary>
    public string Preset { get; set; } = "";

    /// <summary>The cell.</summary>
    public string Cell { get; set; } = "";

    /// <summary>Hidden units in each layer.</summary>
    public int? HiddenSize { get; set; }

    /// <summary>Recurrent layers.</summary>
    public int? NumLayers { get; set; }

    /// <summary>Minutes to train.</summary>
    public double? Minutes { get; set; }

    /// <summary>Steps to train.</summary>
    public long? Steps { get; set; }

    /// <summary>The highest learning rate.</summary>
    public double? LearningRate { get; set; }

    /// <summary>Share of outputs set to 0 between layers.</summary>
    public double? Dropout { get; set; }

    /// <summary>Seed of every random draw.</summary>
    public ulong? Seed { get; set; }

    /// <summary>Prompt of the samples.</summary>
    public string Prompt { get; set; } = "";

    /// <summary>Whether it trains a classifier.</summary>
    public bool IsClassifier => Text == RunTextKind.NamesClassifier;

    /// <summary>Name that the run is called by, before its number.</summary>
    /// <param name="path">The text's path; null for an embedded one.</param>
    public string CorpusName(string? path) =>
        path is null
            ? (Text == RunTextKind.Dragons ? EmbeddedDatasets.Dragons : EmbeddedDatasets.Names).Name
            : System.IO.Path.GetFileNameWithoutExtension(path);

    /// <summary>Arguments of <c>charrnn</c>.</summary>
    /// <param name="path">The text's path; null for an embedded one.</param>
    /// <param name="run">The run's folder.</param>
    public IReadOnlyList<string> Arguments(string? path, string run) =>
        [
            .. IsClassifier ? ["classify", "train"] : new[] { "train" },
            path ?? CorpusName(null),
            .. Text == RunTextKind.LabeledNames ? ["--labelled"] : Array.Empty<string>(),
            "-o",
            run,
            .. Flag("--preset", Preset),
            .. Flag("--cell", Cell),
            .. Flag("--hidden-size", HiddenSize),
            .. Flag("--num-layers", NumLayers),
            .. Flag("--max-time", Minutes is { } minutes ? $"{Number(minutes * SecondsPerMinute)}s" : ""),
            .. Flag("--max-steps", Steps),
            .. Flag("--learning-rate", LearningRate),
            .. Flag("--dropout", Dropout),
            .. Flag("--seed", Seed),
            .. IsClassifier ? [] : Flag("--prompt", Prompt),
        ];

    /// <summary>Arguments of <c>charrnn</c> to go on with a run.</summary>
    /// <param name="run">The run's folder.</param>
    /// <param name="isClassifier">Whether it is a classifier's.</param>
    /// <param name="minutes">Time to train in all; null for what is planned.</param>
    public static IReadOnlyList<string> ResumeArguments(string run, bool isClassifier, double? minutes) =>
        [
            .. isClassifier ? ["classify", "train"] : new[] { "train" },
            "--resume",
            "-o",
            run,
            .. Flag("--max-time", minutes is { } time ? $"{Number(time * SecondsPerMinute)}s" : ""),
        ];

    private const int SecondsPerMinute = 60;

    private static string[] Flag(string name, string value) => value.Length > 0 ? [name, value] : [];

    private static string[] Flag<TNumber>(string name, TNumber? value)
        where TNumber : struct, IFormattable => value is { } number ? [name, Number(number)] : [];

    private static string Number<TNumber>(TNumber number)
        where TNumber : IFormattable => number.ToString(null, CultureInfo.InvariantCulture);
}
