namespace CharRnn.Networks;

/// <summary>What the numbers in a description of a network may be.</summary>
internal static class SpecRange
{
    /// <summary>Refuses a number outside a range.</summary>
    public static void Require(string name, int value, int least, int most)
    {
        if (value < least || value > most)
            throw new SettingsException($"{name} is {value}; it must be from {least} to {most}.");
    }

    /// <summary>Refuses what is no dropout rate.</summary>
    public static void RequireShare(string name, double value)
    {
        if (!(value >= 0 && value < 1))
            throw new SettingsException($"{name} is {value}; it must be at least 0 and less than 1.");
    }
}
