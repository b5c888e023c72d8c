using CharRnn.Cli.Rendering;

namespace CharRnn.Cli.Commands;

/// <summary>
/// <c>charrnn sample --interactive</c>: by keys where somebody sits at a terminal, and by lines elsewhere. The text
/// goes to standard output when it is done.
/// </summary>
internal sealed class InteractiveSampling(Shell shell, LanguageModel model, SamplingOptions options, LabelBlend? label)
{
    public int Run(int[] prompt, int[] echo)
    {
        using var session = new WritingSession(model, prompt, options, label);
        if (shell.IsInputTerminal && shell.Terminal.IsLive)
            new InteractiveKeys(shell, session, model, prompt).Run();
        else
            new InteractiveLines(shell, session, model, prompt).Run();

        var writer = SampleWriter.Open(shell, model.Vocabulary, isLines: false);
        writer.Write(echo);
        writer.Write([.. session.Written]);
        writer.EndSample();
        return ExitCode.Success;
    }
}
