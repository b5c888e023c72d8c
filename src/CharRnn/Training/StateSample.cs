using CharRnn.Networks;
using CharRnn.Sampling;

namespace CharRnn.Training;

/// <summary>
/// What the model would write if training stopped reading here: from the state it carries, after the character it would
/// read next. The state itself stays as it is. The n-th draw is a function of (seed, step, n), so that the same step
/// writes the same, resumed or not.
/// </summary>
internal sealed class StateSample : IDisposable
{
    /// <summary>How it is drawn: as the model has it.</summary>
    public const double Temperature = 1;

    private readonly LanguageModel _model;
    private readonly StepSession _session;
    private readonly int _first;

    /// <summary>Goes on from a state.</summary>
    /// <param name="model">The model.</param>
    /// <param name="state">The state of all streams, of which the first is taken; null for zeros.</param>
    /// <param name="first">The symbol that is read first.</param>
    /// <param name="label">What is being read, of a model with labels.</param>
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
