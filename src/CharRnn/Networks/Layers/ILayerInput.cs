using CharRnn.Engine;

namespace CharRnn.Networks;

/// <summary>
/// What a layer takes in that does not read symbols: what the layer below hands on, or several below together.
/// </summary>
internal interface ILayerInput
{
    /// <summary>What is handed on over a tile's window: (T·streams, numbers padded).</summary>
    Matrix OutputOf(int tile);
}
