using System.CommandLine;
using System.CommandLine.Parsing;

namespace CharRnn.Cli.Settings;

/// <summary>
/// Flags that mean nothing beside another are refused by name. Variables of the environment, which are not meant for
/// one command, are passed over.
/// </summary>
internal static class FlagConflict
{
    /// <summary>Refuses the first of some flags that was given.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="chosen">The flag beside which they mean nothing.</param>
    /// <param name="why">Why, as the end of a sentence.</param>
    /// <param name="refused">The flags.</param>
    /// <exception cref="SettingsException">One of them was given.</exception>
    public static void Refuse(ParseResult parsed, Option chosen, string why, params IEnumerable<Option> refused)
    {
        if (refused.FirstOrDefault(option => parsed.GetResult(option) is { Implicit: false }) is { } given)
            throw new SettingsException($"{given.Name} does not go with {chosen.Name}, {why}; leave one of them out.");
    }
}
