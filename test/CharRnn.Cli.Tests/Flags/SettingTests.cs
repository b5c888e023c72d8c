using System.CommandLine;
using System.Globalization;
using CharRnn.Cli.Flags;

namespace CharRnn.Cli.Tests;

public sealed class SettingTests
{
    private readonly Setting<int> _hiddenSize = new(
        "--hidden-size",
        "units",
        128,
        text => SettingParser.Integer(text, 1, 65536),
        "N"
    );
    private readonly Setting<double> _dropout = new(
        "--dropout",
        "share",
        0,
        text => SettingParser.Number(text, new(0, 1, MaxExcluded: true)),
        "P"
    );
    private readonly Setting<bool> _residual = Setting.Switch("--residual", "adds the input");
    private readonly Dictionary<string, string> _environment = [];

    private SettingSources Sources(string commandLine)
    {
        var command = new RootCommand
        {
            _hiddenSize.Option,
            _dropout.Option,
            _residual.Option,
            new Argument<string[]>("rest") { Arity = ArgumentArity.ZeroOrMore },
        };
        return new(
            command.Parse(commandLine.Split(' ', StringSplitOptions.RemoveEmptyEntries)),
            _environment.GetValueOrDefault
        );
    }

    [Fact]
    public void Precedence_IsFlagThenEnvironmentThenDefault()
    {
        Assert.Equal(new(128, SettingOrigin.Default), _hiddenSize.Resolve(Sources("")));
        _environment["CHARRNN_HIDDEN_SIZE"] = "64";
        Assert.Equal(new(64, SettingOrigin.Environment), _hiddenSize.Resolve(Sources("")));
        Assert.Equal(new(32, SettingOrigin.Flag), _hiddenSize.Resolve(Sources("--hidden-size 32")));
        Assert.Equal(new(32, SettingOrigin.Flag), _hiddenSize.Resolve(Sources("--hidden-size=32")));
    }

    [Fact]
    public void Explicit_IsWhatTheUserNamed()
    {
        Assert.False(_hiddenSize.Resolve(Sources("")).IsExplicit);
        Assert.True(_hiddenSize.Resolve(Sources("--hidden-size 128")).IsExplicit);
    }

    [Fact]
    public void EmptyEnvironmentVariable_IsAsIfUnset()
    {
        _environment["CHARRNN_HIDDEN_SIZE"] = "";
        Assert.Equal(SettingOrigin.Default, _hiddenSize.Resolve(Sources("")).Origin);
    }

    [Fact]
    public void Switch_IsOnByItselfAndDoesNotSwallowWhatFollows()
    {
        Assert.False(_residual.Resolve(Sources("")).Value);
        Assert.True(_residual.Resolve(Sources("--residual corpus.txt")).Value);
        Assert.Equal(new(false, SettingOrigin.Flag), _residual.Resolve(Sources("--residual false")));
        _environment["CHARRNN_RESIDUAL"] = "0";
        Assert.Equal(new(false, SettingOrigin.Environment), _residual.Resolve(Sources("")));
    }

    [Theory]
    [InlineData("-3")]
    [InlineData("0")]
    [InlineData("65537")]
    [InlineData("99999999999999999999")]
    [InlineData("1e3")]
    [InlineData("1,000")]
    [InlineData("many")]
    public void BadInteger_IsRefusedWithTheFlagWhatWasFoundAndWhatIsNeeded(string text)
    {
        var failure = Assert.Throws<SettingsException>(() => _hiddenSize.Resolve(Sources($"--hidden-size {text}")));
        Assert.Equal($"--hidden-size is '{text}'; it needs a whole number from 1 to 65536.", failure.Message);
    }

    [Theory]
    [InlineData("NaN")]
    [InlineData("Infinity")]
    [InlineData("-0.1")]
    [InlineData("1")]
    [InlineData("0,3")]
    [InlineData("1e400")]
    public void BadNumber_IsRefused(string text)
    {
        var failure = Assert.Throws<SettingsException>(() => _dropout.Resolve(Sources($"--dropout {text}")));
        Assert.Equal($"--dropout is '{text}'; it needs a number from 0 and below 1.", failure.Message);
    }

    [Fact]
    public void BadVariable_IsNamed()
    {
        _environment["CHARRNN_HIDDEN_SIZE"] = "none";
        var failure = Assert.Throws<SettingsException>(() => _hiddenSize.Resolve(Sources("")));
        Assert.StartsWith("the environment variable CHARRNN_HIDDEN_SIZE is 'none'; it needs", failure.Message);
    }

    [Fact]
    public void Numbers_AreReadTheSameInEveryCulture()
    {
        var comma = (CultureInfo)CultureInfo.InvariantCulture.Clone();
        comma.NumberFormat.NumberDecimalSeparator = ",";
        var before = CultureInfo.CurrentCulture;
        CultureInfo.CurrentCulture = comma;
        try
        {
            Assert.Equal(0.25, _dropout.Resolve(Sources("--dropout 0.25")).Value);
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }
    }
}
