namespace CharRnn;

/// <summary>A record that was given a label that is not its own.</summary>
/// <param name="Text">The record's text.</param>
/// <param name="TrueLabel">Its label's id.</param>
/// <param name="GivenLabel">The id that it was given.</param>
/// <param name="Probability">The probability of the label that it was given.</param>
public sealed record Mistake(string Text, int TrueLabel, int GivenLabel, double Probability);
