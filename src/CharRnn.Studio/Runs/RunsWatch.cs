namespace CharRnn.Studio.Runs;

/// <summary>Timer of a page that shows what trainings write; it looks at files' lengths, and so costs next to nothing.</summary>
internal static class RunsWatch
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(500);

    /// <summary>Calls again and again, until it is cancelled.</summary>
    public static async Task EveryMomentAsync(Func<Task> look, CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(Interval);
        try
        {
            while (await timer.WaitForNextTickAsync(cancellationToken))
            {
                try
                {
                    await look();
                }
                catch (Exception passing)
                    when (passing is CharRnnException or IOException or UnauthorizedAccessException)
                {
                    // A run that is deleted or replaced while it is read; the next look finds what is there then.
                }
            }
        }
        catch (OperationCanceledException) { }
    }
}
