namespace CharRnn.Tests;

/// <summary>Does something after one step.</summary>
internal sealed class At(long step, Action act) : ITrainingObserver
{
    public void OnStep(in TrainingProgress progress)
    {
        if (progress.Step == step)
            act();
    }
}
