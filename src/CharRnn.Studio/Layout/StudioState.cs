namespace CharRnn.Studio.Layout;

/// <summary>What one browser window remembers from page to page.</summary>
public sealed class StudioState
{
    /// <summary>Id of the model that was chosen last; null before the first.</summary>
    public string? Model { get; set; }

    /// <summary>Text that was looked at last; null before the first.</summary>
    public string? Text { get; set; }
}
