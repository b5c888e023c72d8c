using System.CommandLine;
using CharRnn.Cli.Flags;
using CharRnn.Cli.Rendering;

namespace CharRnn.Cli.Commands;

/// <summary><c>charrnn data</c>: the corpora.</summary>
internal sealed class DataCommand : Command
{
    public DataCommand(Shell shell)
        : base("data", "The corpora: what there is, their download and check, what is in a text or in labelled texts.")
    {
        Add(new DataListCommand(shell));
        Add(new DataGetCommand(shell));
        Add(new DataStatsCommand(shell));
        Add(new DataLabelsCommand(shell));
    }
}
