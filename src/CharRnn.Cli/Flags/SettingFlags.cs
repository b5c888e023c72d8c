using System.CommandLine;
using System.Globalization;
using CharRnn.Cli.Commands;
using CharRnn.Cli.Rendering;

namespace CharRnn.Cli.Flags;

/// <summary>The flags of a verb that together make one record of settings, and how each changes it.</summary>
/// <typeparam name="TSettings">The record.</typeparam>
internal abstract class SettingFlags<TSettings>
    where TSettings : class, IEquatable<TSettings>
{
    protected static readonly NumberRange Positive = new(0, double.MaxValue, MinExcluded: true);
    protected static readonly NumberRange NotNegative = new(0, double.MaxValue);
    protected static readonly NumberRange Share = new(0, 1, MaxExcluded: true);

    private readonly List<Flag> _flags = [];
    private readonly List<Condition> _conditions = [];

    /// <summary>One of the flags; what depends on its value's type is in the class that derives from it.</summary>
    protected abstract class Flag(Option option, FlagGroup group, bool mayChange)
    {
        public Option Option => option;

        public FlagGroup Group => group;

        public bool MayChange => mayChange;

        /// <summary>The settings with the flag's value, where it has one from beyond the defaults.</summary>
        public abstract TSettings Apply(TSettings settings, SettingSources sources, bool fromFlagsAlone);
    }

    /// <summary>The flags.</summary>
    public IEnumerable<Option> Options => _flags.Select(flag => flag.Option);

    /// <summary>The heading under which the flags that are declared next stand in the help.</summary>
    protected FlagGroup Group { get; set; }

    /// <summary>The heading under which a flag stands in the help.</summary>
    public FlagGroup GroupOf(Option flag) => _flags.Single(other => other.Option == flag).Group;

    /// <summary>Gives the verb the flags.</summary>
    public void AddTo(VerbCommand verb) => AddTo(verb, _ => true);

    /// <summary>Gives the verb some of the flags.</summary>
    public void AddTo(VerbCommand verb, Func<Option, bool> isWanted)
    {
        foreach (var flag in _flags.Where(flag => isWanted(flag.Option)))
            verb.Add(flag.Group, flag.Option);
    }

    /// <summary>The defaults or a preset, with the values of flags and the environment in their place.</summary>
    /// <exception cref="SettingsException">A value cannot be used.</exception>
    public TSettings Resolve(SettingSources sources, TSettings preset) =>
        _flags.Aggregate(preset, (settings, flag) => flag.Apply(settings, sources, fromFlagsAlone: false));

    /// <summary>Whether a flag is on the command line.</summary>
    public bool IsGiven(string name, SettingSources sources) =>
        sources.IsGiven(_flags.Single(flag => flag.Option.Name == name).Option);

    /// <summary>
    /// Refuses flags given by hand that mean nothing with the settings, and says which have no effect. A preset and the
    /// environment, which are not meant for one command, may say what they like.
    /// </summary>
    /// <param name="settings">The settings as resolved.</param>
    /// <param name="sources">The command line.</param>
    /// <param name="terminal">Where flags without effect are named.</param>
    /// <exception cref="SettingsException">A flag means nothing here; it is named.</exception>
    public void RequireEffect(TSettings settings, SettingSources sources, Terminal terminal)
    {
        var broken = _conditions
            .Where(condition => sources.IsGiven(condition.Flag) && !condition.Holds(settings, sources))
            .ToLookup(condition => condition.IsNeeded);
        if (broken[true].FirstOrDefault() is { } needed)
            throw new SettingsException($"{needed.Flag.Name} is for {needed.Text}; leave it out.");
        foreach (var moot in broken[false])
            terminal.Note($"{moot.Flag.Name} has no effect {moot.Text}.");
    }

    /// <param name="saved">Settings without the command line's flags.</param>
    /// <param name="sources">The command line.</param>
    /// <param name="refusal">Why a flag may change nothing; null where it may.</param>
    protected TSettings ResolveAgain(TSettings saved, SettingSources sources, Func<Flag, string?> refusal)
    {
        var settings = saved;
        foreach (var flag in _flags)
        {
            var changed = flag.Apply(settings, sources, fromFlagsAlone: true);
            if (!changed.Equals(settings) && refusal(flag) is { } why)
                throw new SettingsException($"{flag.Option.Name} {why}");
            settings = changed;
        }

        return settings;
    }

    /// <summary>The flag declared last is for certain settings; given by hand with others, it is refused.</summary>
    /// <param name="settings">Those settings, in words.</param>
    /// <param name="holds">Whether the settings are such.</param>
    protected void Needs(string settings, Func<TSettings, SettingSources, bool> holds) =>
        _conditions.Add(new Condition(_flags[^1].Option, settings, holds, IsNeeded: true));

    /// <inheritdoc cref="Needs(string, Func{TSettings, SettingSources, bool})"/>
    protected void Needs(string settings, Func<TSettings, bool> holds) => Needs(settings, (s, _) => holds(s));

    /// <summary>The value of the flag declared last is moot unless something holds; given by hand, that is said.</summary>
    /// <param name="where">Where it is moot, as the end of a sentence.</param>
    /// <param name="holds">Whether the value has an effect.</param>
    protected void Counts(string where, Func<TSettings, SettingSources, bool> holds) =>
        _conditions.Add(new Condition(_flags[^1].Option, where, holds, IsNeeded: false));

    /// <inheritdoc cref="Counts(string, Func{TSettings, SettingSources, bool})"/>
    protected void Counts(string where, Func<TSettings, bool> holds) => Counts(where, (s, _) => holds(s));

    protected static string Text(double number) => number.ToString(CultureInfo.InvariantCulture);

    protected static string Word(string text, IEnumerable<string> words) =>
        SettingParser.Choice(text, [.. words.Select(word => (word, word))]);

    protected static string Word<T>(T value)
        where T : notnull => value.ToString()!.ToLowerInvariant();

    protected static long NotNegativeLong(string text) => SettingParser.LongInteger(text, 0, long.MaxValue);

    protected void Add<T>(
        string name,
        string description,
        string valueName,
        Func<string, T> parse,
        Func<TSettings, T, TSettings> apply,
        bool mayChange = false
    ) =>
        _flags.Add(new Flag<T>(new Setting<T?>(name, description, default, parse, valueName), Group, apply, mayChange));

    protected void Integer(
        string name,
        string description,
        int least,
        int most,
        Func<TSettings, int, TSettings> apply,
        bool mayChange = false
    ) => Add(name, description, "N", text => SettingParser.Integer(text, least, most), apply, mayChange);

    protected void Number(
        string name,
        string description,
        NumberRange range,
        Func<TSettings, double, TSettings> apply,
        bool mayChange = false
    ) => Add(name, description, "X", text => SettingParser.Number(text, range), apply, mayChange);

    protected void Switch(
        string name,
        string description,
        Func<TSettings, bool, TSettings> apply,
        bool mayChange = false
    ) => _flags.Add(new Flag<bool>(Setting.Switch(name, description), Group, apply, mayChange));

    private sealed record Condition(
        Option Flag,
        string Text,
        Func<TSettings, SettingSources, bool> Holds,
        bool IsNeeded
    );

    private sealed class Flag<T>(
        Setting<T?> setting,
        FlagGroup group,
        Func<TSettings, T, TSettings> change,
        bool mayChange
    ) : Flag(setting.Option, group, mayChange)
    {
        public override TSettings Apply(TSettings settings, SettingSources sources, bool fromFlagsAlone)
        {
            var (value, origin) = setting.Resolve(sources);
            bool isGiven = fromFlagsAlone ? origin == SettingOrigin.Flag : origin != SettingOrigin.Default;
            return isGiven ? change(settings, value!) : settings;
        }
    }
}
