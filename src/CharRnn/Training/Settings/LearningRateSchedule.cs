namespace CharRnn;

/// <summary>Shape of the learning rate's decay from its highest value.</summary>
public enum LearningRateShape
{
    /// <summary>It does not.</summary>
    Constant,

    /// <summary>
    /// By a factor after some epoch and after every so many from then on, as in char-rnn and torch-rnn.
    /// </summary>
    Step,

    /// <summary>Along half a cosine, to 0 at the end (Loshchilov &amp; Hutter 2017).</summary>
    Cosine,

    /// <summary>Along a line, to 0 at the end.</summary>
    Linear,
}

/// <summary>Learning rate as a function of a run's progress.</summary>
internal static class LearningRateSchedule
{
    /// <summary>The rate of one step.</summary>
    /// <param name="settings">Its highest value, shape and warm-up.</param>
    /// <param name="step">Steps done before this one.</param>
    /// <param name="progress">Share of the planned run that is done, 0 … 1.</param>
    /// <param name="epochs">Whole epochs done.</param>
    public static double At(RunSettings settings, long step, double progress, long epochs)
    {
        double warmth = step < settings.WarmupSteps ? (step + 1.0) / settings.WarmupSteps : 1;
        double left = settings.Schedule switch
        {
            LearningRateShape.Constant => 1,
            LearningRateShape.Step => Math.Pow(settings.LrDecay, Decays(settings, epochs)),
            LearningRateShape.Cosine => 0.5 * (1 + Math.Cos(Math.PI * progress)),
            LearningRateShape.Linear => 1 - progress,
            _ => throw new ArgumentOutOfRangeException(nameof(settings), $"there is no schedule {settings.Schedule}."),
        };
        return settings.LearningRate * warmth * left;
    }

    private static double Decays(RunSettings settings, long epochs) =>
        epochs < settings.LrDecayStart ? 0 : 1 + Math.Floor((epochs - settings.LrDecayStart) / settings.LrDecayEvery);
}
