using System.Globalization;
using System.Text;
using CharRnn.Studio.Runs;

namespace CharRnn.Studio.Names;

/// <summary>Commands that make what the page of names shows, and blends as they have them.</summary>
internal static class NameCommands
{
    /// <summary>A blend as <see cref="LabelBlend.Parse"/> reads it: of a whole share one label alone.</summary>
    /// <param name="first">Name of one label.</param>
    /// <param name="second">Name of the other.</param>
    /// <param name="share">Share of the second, 0 … 1.</param>
    public static string Blend(string first, string second, double share)
    {
        double rounded = Math.Round(share, 2);
        return rounded switch
        {
            <= 0 => first,
            >= 1 => second,
            _ => first == second ? first : $"{Part(first, 1 - rounded)},{Part(second, rounded)}",
        };
    }

    /// <summary>The command that writes the same names.</summary>
    /// <param name="model">Path of the model.</param>
    /// <param name="label">The label, the blend, or <c>all</c>.</param>
    /// <param name="order">What is asked for.</param>
    public static string Writing(string model, string label, NameOrder order)
    {
        List<string> words =
        [
            "sample",
            model,
            "--label",
            label,
            "--num-samples",
            order.Count.ToString(CultureInfo.InvariantCulture),
            "--temperature",
            order.Options.Temperature.ToString(CultureInfo.InvariantCulture),
            "--seed",
            order.Options.Seed.ToString(CultureInfo.InvariantCulture),
        ];
        if (order.Prompt.Length > 0)
            words.AddRange(["--prompt", order.Prompt]);
        if (order.IsNovel)
            words.Add("--novel");
        return ShellWords.CommandLine(words);
    }

    /// <summary>The command that trains a run into a folder.</summary>
    /// <param name="folder">The folder of runs.</param>
    /// <param name="verb">The verb and what it is given.</param>
    /// <param name="run">Name of the run.</param>
    public static string Training(string folder, string verb, string run) =>
        ShellWords.CommandLine([.. verb.Split(' '), "-o", Path.Combine(folder, run)]);

    private static string Part(string label, double weight)
    {
        // What a list of labels could not tell from its own signs stands between marks.
        bool isPlain = label.IndexOfAny([',', '=', '\'', '"']) < 0;
        char mark = label.Contains('\'') ? '"' : '\'';
        var text = new StringBuilder(isPlain ? label : $"{mark}{label}{mark}");
        return text.Append('=').Append(weight.ToString("0.##", CultureInfo.InvariantCulture)).ToString();
    }
}
