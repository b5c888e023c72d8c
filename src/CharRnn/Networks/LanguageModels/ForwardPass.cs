using CharRnn.Engine;
using CharRnn.Explaining;

namespace CharRnn.Networks;

/// <summary>
/// The forward phases of a window by a team: the table, then the tiles, and where losses are wanted the head.
/// </summary>
internal sealed class ForwardPass(Window window, WorkerTeam team) : ITeamWork
{
    private readonly ScanPlan _scan = new(window.Layout, window.Tiles, team.Count);
    private bool _carryState,
        _evaluate,
        _hasWholeTable;

    /// <summary>
    /// Takes in the weights for all windows until the next call: where a window has room for it, the table is built for
    /// the whole vocabulary at once.
    /// </summary>
    public void TakeWeights()
    {
        _hasWholeTable = window.Layout.Spec.VocabularySize <= window.Tiles.Rows;
        if (!_hasWholeTable)
            return;
        window.Table.IndexAll();
        window.Table.Build(0, window.Top.GatePanels);
    }

    /// <summary>Runs the layers.</summary>
    /// <param name="ids">(T, B), index t·B + b.</param>
    /// <param name="labels">(T, B): the label at each position; empty for a network without labels.</param>
    /// <param name="carryState">Whether to go on from where the last window ended.</param>
    public void Run(ReadOnlySpan<int> ids, ReadOnlySpan<int> labels, bool carryState)
    {
        window.Table.Index(ids, window.Tiles);
        window.Labels?.Index(labels, window.Tiles);
        window.Resets?.Mark(ids);
        (_carryState, _evaluate) = (carryState, false);
        team.Run(this);
    }

    /// <summary>Runs the layers and the head, which then has each row's loss and hit.</summary>
    /// <param name="ids">(T, B).</param>
    /// <param name="labels">(T, B): the label at each position; empty for a network without labels.</param>
    /// <param name="targets">(T, B).</param>
    /// <param name="carryState">Whether to go on from where the last window ended.</param>
    public void Evaluate(ReadOnlySpan<int> ids, ReadOnlySpan<int> labels, ReadOnlySpan<int> targets, bool carryState)
    {
        window.Labels?.Index(labels, window.Tiles);
        if (_hasWholeTable)
            window.Table.Map(ids, window.Tiles);
        else
            window.Table.Index(ids, window.Tiles);
        window.Resets?.Mark(ids);
        window.Head.SetTargets(ids, targets);
        (_carryState, _evaluate) = (carryState, true);
        team.Run(this);
    }

    /// <inheritdoc/>
    public void Execute(int worker)
    {
        if (!_hasWholeTable || window.Labels is not null)
        {
            var panels = team.ShareOf(window.Top.GatePanels, worker);
            if (!_hasWholeTable)
                window.Table.Build(panels.Start, panels.End);
            window.Labels?.Build(panels.Start, panels.End);
            team.SignalAndWait();
        }
        window.Forward(_scan.ShareOf(worker), _carryState, masks: default);
        if (!_evaluate)
            return;
        team.SignalAndWait();
        for (int group = 0; group < window.Head.GroupCount; group++)
        {
            window.Head.Evaluate(group, team.ShareOf(window.Head.BlockCount(group), worker), window.Top);
            team.SignalAndWait();
        }
    }
}
