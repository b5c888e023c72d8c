using System.Globalization;

namespace CharRnn.Cli.Rendering;

/// <summary>
/// The screen of min-char-rnn, on standard error: the sizes of the text, and every so many iterations a sample between
/// dashes and the smoothed loss of a window. Messages that the original could not have, such as that a run is resumed,
/// read as on the other screens.
/// </summary>
/// <param name="terminal">Terminal that is written to.</param>
internal sealed class MinCharRnnScreen(Terminal terminal) : ITrainingObserver
{
    private const string Dashes = "----";

    private bool _isLossDue;

    /// <summary>
    /// Whether a run has this screen: those of its preset do, unless progress is off or in JSON.
    /// </summary>
    public static bool IsFor(TrainingSettings settings, Terminal terminal) =>
        settings.Preset == Presets.MinCharRnn && !terminal.IsQuiet;

    public void OnStarted(TrainingOverview overview)
    {
        terminal.Line(
            string.Create(
                CultureInfo.InvariantCulture,
                $"data has {overview.Characters} characters, {overview.Distinct} unique."
            )
        );
        RunText.ShowNotes(terminal, overview.Notes, overview.ResumptionNote, overview.ResumedAtStep);
    }

    public void OnSampled(SampleReport report)
    {
        terminal.Line(Dashes);
        foreach (string line in $" {report.Text} ".Split('\n'))
            terminal.Line(line);
        terminal.Line(Dashes);
        _isLossDue = true;
    }

    public void OnStep(in TrainingProgress progress)
    {
        if (!_isLossDue)
            return;
        _isLossDue = false;
        // Iterations count from 0, and the sample of one is drawn before its update.
        terminal.Line(
            string.Create(
                CultureInfo.InvariantCulture,
                $"iter {progress.Step - 1}, loss: {progress.SmoothedWindowLoss:0.000000}"
            )
        );
    }
}
