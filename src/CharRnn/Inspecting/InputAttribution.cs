using CharRnn.Engine;
using CharRnn.Networks;

namespace CharRnn.Inspecting;

/// <summary>Influence of one input symbol on a prediction.</summary>
/// <param name="Position">Its position in the text.</param>
/// <param name="Norm">‖∂ ln p(target) / ∂ x‖, x the vector that the first layer reads there.</param>
internal readonly record struct InputInfluence(int Position, double Norm);

/// <summary>
/// Attribution of a prediction to the symbols before it: the norm of the gradient of ln p(target) in each input vector,
/// by the engine's own backward pass. An input vector is the symbol's embedding after its activation, or its one-hot
/// vector. Symbols before a boundary that resets the state have no influence. After Madsen, "Visualizing memorization
/// in RNNs", distill.pub, 2019.
/// </summary>
internal static class InputAttribution
{
    /// <summary>Symbols that are looked back at unless another number is given.</summary>
    public const int DefaultReach = 200;

    /// <summary>Computes the influences on what comes after a position.</summary>
    /// <param name="model">The model.</param>
    /// <param name="ids">The text.</param>
    /// <param name="position">The last symbol that is read.</param>
    /// <param name="target">The symbol whose probability is attributed.</param>
    /// <param name="reach">Max number of symbols, the one at <paramref name="position"/> included.</param>
    /// <param name="label">The label of the text, for a model with labels.</param>
    /// <returns>One for each symbol, in the order of the text.</returns>
    /// <exception cref="SettingsException">The model has labels and no single one is given.</exception>
    public static InputInfluence[] Of(
        LanguageModel model,
        ReadOnlySpan<int> ids,
        int position,
        int target,
        int reach = DefaultReach,
        LabelBlend? label = null
    )
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(reach, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)position, (uint)ids.Length, nameof(position));
        LanguageModel.RequireKnown(ids, model.Spec.VocabularySize);
        LanguageModel.RequireKnown([target], model.Spec.VocabularySize);
        model.RequireLabel(label);
        if (label is { Single: null })
            throw new SettingsException("a prediction under a blend of labels cannot be attributed; give one label.");
        int start = Math.Max(0, position + 1 - reach);
        var before = StateBefore(model, ids[..start], label);
        using var pass = new Pass(model, position + 1 - start);
        return pass.Run(ids[start..(position + 1)], target, before, label?.Single, start);
    }

    /// <summary>The state after a text; null after none.</summary>
    internal static NetworkState? StateBefore(LanguageModel model, ReadOnlySpan<int> prefix, LabelBlend? label)
    {
        if (prefix.IsEmpty)
            return null;
        using var session = model.NewSession(label: label);
        foreach (int id in prefix)
            session.Step([id]);
        return session.CopyState();
    }

    /// <summary>One window, whose last position alone has a loss.</summary>
    private sealed class Pass : ITeamWork, IDisposable
    {
        private readonly LanguageModel _model;
        private readonly WorkerTeam _team = new(1);
        private readonly Window _window;
        private readonly GradientWorkspace _workspace;
        private readonly int _steps;
        private bool _carriesState;

        public Pass(LanguageModel model, int steps)
        {
            (_model, _steps) = (model, steps);
            var (layout, spec) = (model.Layout, model.Spec);
            _window = new Window(layout, model.Weights, steps, streams: 1, _team, isTrained: true);
            int embeddingWidth = Padding.RoundUp(Math.Max(spec.EmbeddingSize, spec.LabelEmbeddingSize)),
                gateWidth = spec.CellKind.Gates * layout.HiddenWidth;
            _workspace = new GradientWorkspace(
                layout,
                new NetworkTransposedWeights(layout, model.Weights, layout.Head(model.Weights), spec.VocabularySize),
                new PackingWidths(
                    Input: Math.Max(layout.OutputWidth, embeddingWidth),
                    Hidden: Math.Max(layout.HiddenWidth, layout.OutputWidth),
                    Gradient: Math.Max(Math.Max(gateWidth, layout.OutputWidth), _window.Head.BlockWidth)
                ),
                _team
            );
        }

        public InputInfluence[] Run(ReadOnlySpan<int> ids, int target, NetworkState? before, int? label, int start)
        {
            int[] labels = label is { } number ? [.. Enumerable.Repeat(number, _steps)] : [];
            int[] targets = [.. Enumerable.Repeat(target, _steps)];
            _window.SetInputs(ids, labels);
            _window.Head.SetTargets(ids, targets);
            if (before is not null)
                _window.SetState(before);
            _carriesState = before is not null;
            _team.Run(this);
            var influences = new InputInfluence[_steps];
            for (int step = 0; step < _steps; step++)
                influences[step] = new InputInfluence(start + step, Norm(_window.Tiles.RowOf(step, 0)));
            return influences;
        }

        public void Execute(int worker)
        {
            _workspace.RefreshTransposedWeights(worker);
            _team.SignalAndWait();
            _window.Forward(worker, _carriesState);
            var head = _window.Head;
            for (int group = 0; group < head.GroupCount; group++)
                head.ForwardBackward(
                    group,
                    (0, head.BlockCount(group)),
                    lossScale: 1,
                    _workspace.Transposed.Head,
                    _window.DHeadInput
                );
            if (_steps > 1)
                _window.DHeadInput.RowRange(0, _steps - 1).Clear();
            _window.BackwardScan(worker, _workspace.Transposed);
        }

        public void Dispose()
        {
            _window.Dispose();
            _workspace.Dispose();
            _team.Dispose();
        }

        /// <summary>‖dGates·W‖ of one row, in double.</summary>
        private double Norm(int row)
        {
            var dGates = _window.Layers[0].DGates.Row(row);
            var feature = _model.Layout.Symbols(0);
            int width = _window.Symbols.Width,
                inputs = feature.IsOneHot ? feature.Count : feature.EmbeddingSize;
            double squares = 0;
            for (int input = 0; input < inputs; input++)
            {
                double sum = 0;
                for (int gate = 0; gate < width; gate++)
                    sum +=
                        (double)dGates[gate]
                        * (
                            feature.IsOneHot
                                ? feature.Rows(_model.Weights)[input, gate]
                                : feature.Weights(_model.Weights)[input, gate]
                        );
                squares += sum * sum;
            }
            return Math.Sqrt(squares);
        }
    }
}
