using System.CommandLine;
using CharRnn.Cli.Flags;
using CharRnn.Cli.Rendering;

namespace CharRnn.Cli.Commands;

/// <summary><c>charrnn classify</c>: names and other labelled short texts.</summary>
internal sealed class ClassifyCommand : Command
{
    public ClassifyCommand(Shell shell)
        : base("classify", "Tell names and other short texts apart: learn labels, score what was learnt, predict.")
    {
        Add(new ClassifyTrainCommand(shell));
        Add(new ClassifyEvalCommand(shell));
        Add(new ClassifyPredictCommand(shell));
    }
}
