namespace CharRnn;

/// <summary>Text that a model has written after a prompt.</summary>
/// <param name="Ids">The ids without the prompt and without the end of the text.</param>
/// <param name="LogProbability">
/// Σ ln p over all sampled symbols, the boundary or the stop text that ended it included: the model's own distribution
/// at temperature 1, without penalties and cuts, whatever the text was sampled with.
/// </param>
/// <param name="HasEnded">
/// Whether the text ended by itself, at a boundary, a line end or a stop text, rather than by its length.
/// </param>
public sealed record GeneratedText(IReadOnlyList<int> Ids, double LogProbability, bool HasEnded);
