using System.Diagnostics;
using System.Text.Json;
using CharRnn.Studio.Explain;

namespace CharRnn.Studio.Tests.Explain;

/// <summary>The settings's numbers.</summary>
public sealed class ExplainSettingsTests
{
    [Theory]
    [InlineData("rnn", "hello", 3)]
    [InlineData("lstm", "it's ok", 4)]
    [InlineData("gru", "aba", 2)]
    public async Task Numbers_AreThoseOfTheCommand(string cell, string text, int hiddenSize)
    {
        var settings = new ExplainSettings
        {
            Cell = cell,
            Text = text,
            HiddenSize = hiddenSize,
            NumLayers = 2,
            Seed = 5,
            LearningRate = 0.25,
        };
        var explanation = settings.Explain(trained: null);
        string command =
            string.Join(' ', RunningStudio.Command) + settings.CommandLine(null)!["charrnn".Length..] + " --json";
        using var process = Process.Start(
            new ProcessStartInfo("/bin/sh", ["-c", command]) { RedirectStandardOutput = true }
        )!;
        using var json = JsonDocument.Parse(
            await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken)
        );
        Assert.Equal(explanation.Loss, json.RootElement.GetProperty("loss").GetDouble());
        Assert.Equal(explanation.LossAfter, json.RootElement.GetProperty("loss_after").GetDouble());
        foreach (
            var (step, printed) in explanation.Steps.Zip(
                json.RootElement.GetProperty("steps").EnumerateArray().ToList()
            )
        )
            Assert.Equal(
                step.Layers[1].Hidden,
                printed
                    .GetProperty("layers")[1]
                    .GetProperty("forward")
                    .GetProperty("hidden")
                    .EnumerateArray()
                    .Select(value => value.GetDouble())
            );
    }

    [Fact]
    public void ChangedWeight_IsInTheStep_AndEverythingFollows()
    {
        var settings = new ExplainSettings();
        var before = settings.Explain(trained: null);
        var changed = settings.With(new("rnn.weight_hh_l0", 1, 2f)).With(new("rnn.weight_hh_l0", 1, 1.5f));
        var after = changed.Explain(trained: null);
        var tensor = after.Tensors.Single(each => each.Name == "rnn.weight_hh_l0");
        Assert.Single(changed.Changed);
        Assert.Equal(1.5, tensor.Before[1]);
        Assert.Equal(before.Tensors.Single(each => each.Name == tensor.Name).Before.Skip(2), tensor.Before.Skip(2));
        // The first step reads from a state of zeros, which the recurrent weights do not change.
        Assert.Equal(before.Steps[0].Logits, after.Steps[0].Logits);
        Assert.NotEqual(before.Steps[1].Logits, after.Steps[1].Logits);
        Assert.NotEqual(before.Loss, after.Loss);
        Assert.Null(changed.CommandLine(null));
    }

    [Theory]
    [InlineData("")]
    [InlineData("x")]
    public void Text_ThatIsTooShort_IsRefused(string text) =>
        Assert.Throws<SettingsException>(() => new ExplainSettings { Text = text }.Explain(trained: null));
}
