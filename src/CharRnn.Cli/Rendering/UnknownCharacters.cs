namespace CharRnn.Cli.Rendering;

/// <summary>What became of the characters of a text that a model's vocabulary lacks.</summary>
/// <param name="Skipped">How many were left out.</param>
/// <param name="Unknown">How many were read as the unknown symbol.</param>
internal readonly record struct UnknownCharacters(long Skipped, long Unknown)
{
    /// <summary>Tells of them, where there are any.</summary>
    /// <param name="terminal">Where.</param>
    /// <param name="text">What the text is called.</param>
    public void Tell(Terminal terminal, string text)
    {
        if (Skipped > 0)
            terminal.Message(
                $"characters of {text} left out, since the model's vocabulary lacks them: {Quantity.Count(Skipped)}"
            );
        if (Unknown > 0)
            terminal.Message(
                $"characters of {text} read as the unknown symbol, since the model's vocabulary lacks them: "
                    + $"{Quantity.Count(Unknown)}"
            );
    }
}
