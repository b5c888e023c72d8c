namespace CharRnn.Cli.Flags;

/// <summary><c>--weights</c> of the verbs that read and write texts with a model: the format of its weights.</summary>
internal static class WeightsFlag
{
    private static readonly (string Word, WeightFormat Format)[] Formats =
    [
        ("f32", WeightFormat.F32),
        ("bf16", WeightFormat.BF16),
        ("int8", WeightFormat.Int8),
    ];

    /// <summary>The flag.</summary>
    public static Setting<WeightFormat> Create() =>
        new(
            "--weights",
            "Format of the model's weights in memory: as they were trained, or in two bytes or one, which makes them "
                + "smaller and writing with a large model faster, and costs a little of the predictions (default: f32).",
            WeightFormat.F32,
            text => SettingParser.Choice<WeightFormat>(text, Formats),
            string.Join('|', Formats.Select(format => format.Word))
        );

    /// <summary>A format's word.</summary>
    public static string WordFor(WeightFormat format) => Formats.First(pair => pair.Format == format).Word;
}
