using CharRnn.Datasets;
using CharRnn.Networks;
using CharRnn.Sampling;

namespace CharRnn.Training;

/// <summary>
/// Samples of a run while it trains, which let one see it learn: always after the same prompt and with the same
/// draws, or from the state that training carries.
/// </summary>
internal sealed class RunSamples
{
    private const double PromptTemperature = 0.8;

    private readonly LanguageModel _model;
    private readonly TrainingSettings _settings;
    private readonly int[] _prompt;

    /// <summary>Prepares the samples of a run.</summary>
    /// <param name="model">The model; its weights are read at every call.</param>
    /// <param name="settings">The run's settings.</param>
    /// <exception cref="SettingsException">The prompt has a character that the text lacks.</exception>
    public RunSamples(LanguageModel model, TrainingSettings settings) =>
        (_model, _settings, _prompt) = (model, settings, EncodePrompt(model, settings.Prompt));

    /// <summary>A sample after the prompt.</summary>
    /// <param name="step">Steps done.</param>
    public SampleReport FromPrompt(long step)
    {
        var options = new SamplingOptions { Temperature = PromptTemperature, Seed = _settings.Seed };
        return new SampleReport(
            step,
            _settings.Prompt,
            PromptTemperature,
            new TextGenerator(_model).Generate(_prompt, _settings.SampleLength, options)
        );
    }

    /// <summary>A sample that continues the text at training's own place.</summary>
    /// <param name="step">Steps done.</param>
    /// <param name="state">The state it carries; null for zeros.</param>
    /// <param name="first">The symbol it reads next.</param>
    /// <param name="label">The label of the text it reads, where that has one.</param>
    public SampleReport FromState(long step, NetworkState? state, int first, int? label)
    {
        using var sample = new StateSample(
            _model,
            state,
            first,
            label is { } id ? LabelBlend.Of(id, _model.Labels) : null
        );
        string text = _model.Vocabulary.Decode(sample.Write(_settings.SampleLength, _settings.Seed, step));
        return new SampleReport(step, _model.Vocabulary.Decode([first]), StateSample.Temperature, text);
    }

    private static int[] EncodePrompt(LanguageModel model, string prompt)
    {
        var vocabulary = model.Vocabulary;
        int[] ids = model.Encode(prompt, skipUnknown: vocabulary.UnknownId is null, out int skipped);
        if (skipped == 0)
            return ids;
        var lacking = model.Preparation.Apply(prompt).EnumerateRunes().First(rune => IsLacking(vocabulary, rune));
        throw new SettingsException(
            $"'Prompt' has {SymbolNames.WithCode(lacking.Value, TextEncoding.Utf8)}, which the text lacks; "
                + "samples can begin with the text's own characters alone."
        );
    }

    private static bool IsLacking(Vocabulary vocabulary, System.Text.Rune rune)
    {
        vocabulary.Encode(rune.ToString(), skipUnknown: true, out int skipped);
        return skipped > 0;
    }
}

/// <summary>
/// Sample of what the model would write if training stopped reading here: from the state it carries, after the
/// character it would read next. The state itself stays as it is. The n-th draw is a function of (seed, step, n), so
/// that the same step writes the same, resumed or not.
/// </summary>
internal sealed class StateSample : IDisposable
{
    /// <summary>Temperature of the draws: 1, the model's own distribution.</summary>
    public const double Temperature = 1;

    private readonly LanguageModel _model;
    private readonly StepSession _session;
    private readonly int _first;

    /// <summary>Goes on from a state.</summary>
    /// <param name="model">The model.</param>
    /// <param name="state">The state of all streams, of which the first is taken; null for zeros.</param>
    /// <param name="first">The symbol that is read first.</param>
    /// <param name="label">Label of the text that is read, of a model with labels.</param>
    public StateSample(LanguageModel model, NetworkState? state, int first, LabelBlend? label = null)
    {
        (_model, _first) = (model, first);
        _session = model.NewSession(streams: 1, threads: 1, label);
        if (state is not null)
            _session.SetState(state.OfStream(stream: 0, model.Spec));
    }

    /// <summary>Writes some symbols.</summary>
    /// <param name="count">How many.</param>
    /// <param name="seed">The run's seed.</param>
    /// <param name="step">Steps done.</param>
    public int[] Write(int count, ulong seed, long step)
    {
        var sampler = new Sampler(
            new SamplingOptions { Temperature = Temperature, Seed = seed },
            _model.Vocabulary.Count,
            _model.Vocabulary.UnknownId
        );
        int[] ids = new int[count];
        int last = _first;
        for (int i = 0; i < count; i++)
            ids[i] = last = sampler.Choose(_session.Step(last), (ulong)step, (ulong)i);
        return ids;
    }

    /// <inheritdoc/>
    public void Dispose() => _session.Dispose();
}
