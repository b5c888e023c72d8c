using System.CommandLine;
using System.Text.Json;
using CharRnn.Cli.Commands;
using CharRnn.Cli.Flags;

namespace CharRnn.Cli.Tests;

public sealed class PresetsCommandTests : IDisposable
{
    private const int WidestLine = 120;

    private static readonly IReadOnlyList<IPreset> All = [.. Presets.All, .. Presets.Classifiers];

    private readonly TestShell _shell = new();

    public void Dispose() => _shell.Dispose();

    [Fact]
    public void Table_NamesEveryPreset_WithWhatItIsWhereItIsFromAndWhatItSets()
    {
        var outcome = _shell.Run("presets");
        Assert.Equal((0, ""), (outcome.ExitCode, outcome.Error));
        string[] lines = outcome.Output.ReplaceLineEndings("\n").TrimEnd().Split('\n');
        Assert.All(lines, line => Assert.InRange(line.Length, 1, WidestLine));
        Assert.Equal(
            All.Select(preset => preset.Name),
            lines[1..].Where(line => line[0] != ' ').Select(line => line.Split(' ')[0])
        );
        string text = string.Join(' ', lines.Select(line => line.Trim()));
        Assert.All(All, preset => Assert.Contains(preset.Origin, text));
        Assert.Contains("--cell rnn --hidden-size 100 --num-layers 1 --embedding-size 0", text);
    }

    [Fact]
    public void Json_IsOneObjectOnOneLine()
    {
        var outcome = _shell.Run("presets", "--json");
        Assert.Equal((0, ""), (outcome.ExitCode, outcome.Error));
        Assert.Single(outcome.Output.TrimEnd().Split('\n'));
        var presets = JsonElement.Parse(outcome.Output).GetProperty("presets").EnumerateArray().ToList();
        Assert.Equal(
            All.Select(preset => preset.Name),
            presets.Select(preset => preset.GetProperty("name").GetString())
        );
        Assert.All(
            presets,
            preset =>
                Assert.Equal(
                    ["name", "verb", "description", "origin", "settings"],
                    preset.EnumerateObject().Select(property => property.Name)
                )
        );
        var settings = presets[1].GetProperty("settings");
        Assert.Equal(
            (100, 0.1, "rnn"),
            (
                settings.GetProperty("hidden-size").GetInt32(),
                settings.GetProperty("learning-rate").GetDouble(),
                settings.GetProperty("cell").GetString()
            )
        );
        Assert.True(settings.GetProperty("until-stopped").GetBoolean());
        Assert.Equal(JsonValueKind.Null, settings.GetProperty("grad-clip-norm").ValueKind);
    }

    [Fact]
    public void WhatAPresetSets_IsWhatItsFlagsSet()
    {
        foreach (var preset in Presets.All)
        {
            var made = Made(new TrainFlags(), new TrainingSettings(), preset);
            Assert.Equal(
                preset.Settings,
                made with
                {
                    Preset = preset.Name,
                    DefaultSeqLength = made.SeqLength ?? made.DefaultSeqLength,
                    DefaultBatchSize = made.BatchSize ?? made.DefaultBatchSize,
                    SeqLength = null,
                    BatchSize = null,
                }
            );
        }

        Assert.All(
            Presets.Classifiers,
            preset =>
                Assert.Equal(
                    preset.Settings,
                    Made(new ClassifierFlags(), new ClassifierSettings(), preset) with
                    {
                        Preset = preset.Name,
                    }
                )
        );
    }

    private static TSettings Made<TSettings>(SettingFlags<TSettings> flags, TSettings defaults, IPreset preset)
        where TSettings : class, IEquatable<TSettings>
    {
        var verb = new RootCommand();
        foreach (var flag in flags.Options)
            verb.Add(flag);
        // A switch takes its value after an equals sign alone.
        var parsed = verb.Parse([.. preset.Differences.Select(difference => $"--{difference.Name}={difference.Text}")]);
        Assert.Empty(parsed.Errors);
        return flags.Resolve(new SettingSources(parsed, _ => null), defaults);
    }
}
