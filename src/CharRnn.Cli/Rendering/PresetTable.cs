namespace CharRnn.Cli.Rendering;

/// <summary>Presets for people: beside each name what it is, where it is from, and as flags what it sets.</summary>
internal static class PresetTable
{
    private const int Width = 120;
    private const string Gap = "  ";

    public static void Write(TextWriter output, IReadOnlyList<IPreset> presets)
    {
        int nameWidth = presets.Max(preset => preset.Name.Length);
        output.WriteLine($"{"NAME".PadRight(nameWidth)}{Gap}WHAT IT IS, WHERE IT IS FROM, WHAT IT SETS");
        foreach (var preset in presets)
        {
            string name = preset.Name;
            foreach (string line in LinesOf(preset, Width - nameWidth - Gap.Length))
            {
                output.WriteLine($"{name.PadRight(nameWidth)}{Gap}{line}");
                name = "";
            }
        }
    }

    private static IEnumerable<string> LinesOf(IPreset preset, int width)
    {
        var flags = preset.Differences.Select(difference => $"--{difference.Name} {difference.Text}");
        return Wrap(preset.Description.Split(' '), width)
            .Concat(Wrap(preset.Origin.Split(' '), width))
            .Concat(Wrap(flags, width));
    }

    /// <summary>Words in lines, none of them parted.</summary>
    private static IEnumerable<string> Wrap(IEnumerable<string> words, int width)
    {
        string line = "";
        foreach (string word in words)
        {
            if (line.Length > 0 && line.Length + 1 + word.Length > width)
            {
                yield return line;
                line = "";
            }

            line = line.Length > 0 ? $"{line} {word}" : word;
        }

        if (line.Length > 0)
            yield return line;
    }
}
