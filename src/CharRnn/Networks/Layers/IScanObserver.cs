using CharRnn.Engine;

namespace CharRnn.Networks;

/// <summary>
/// Observer of a scan through time: is given its numbers as they come and go, for an explanation. Called for every
/// tile, layer and step; training has none.
/// </summary>
internal interface IScanObserver
{
    /// <summary>The gates hold W x + b.</summary>
    /// <param name="layer">The layer.</param>
    /// <param name="t">The step.</param>
    /// <param name="gates">(streams, Slots·H).</param>
    void InputsProjected(int layer, int t, Matrix gates);

    /// <summary>U h has been added to them; that of split gates is in its own slots.</summary>
    /// <inheritdoc cref="InputsProjected"/>
    void RecurrentAdded(int layer, int t, Matrix gates);

    /// <summary>The cell has made its step.</summary>
    /// <param name="layer">The layer.</param>
    /// <param name="t">The step.</param>
    /// <param name="step">Gates and states.</param>
    void Forward(int layer, int t, in CellStep step);

    /// <summary>Backward: what comes from later steps, before that of this step's output is added.</summary>
    /// <param name="layer">The layer.</param>
    /// <param name="t">The step.</param>
    /// <param name="dHidden">(streams, H).</param>
    /// <param name="dCell">(streams, H); empty without a cell state.</param>
    void GradientArrives(int layer, int t, Matrix dHidden, Matrix dCell);

    /// <summary>Backward: the cell has made its step.</summary>
    /// <param name="layer">The layer.</param>
    /// <param name="t">The step.</param>
    /// <param name="step">The gates hold the gradients of their products.</param>
    /// <param name="gradients">The gradient in h', and in the cell state before.</param>
    void Backward(int layer, int t, in CellStep step, in CellGradients gradients);
}
