namespace CharRnn.Tests;

/// <summary>A text of words from a handful, in sentences, drawn from a seed.</summary>
public static class SmallText
{
    private static readonly string[] Words =
    [
        "the",
        "dragon",
        "slept",
        "under",
        "hill",
        "and",
        "gold",
        "shone",
        "żółw",
        "came",
        "by",
        "night",
    ];

    public static string Of(int characters, int seed = 7)
    {
        var random = new Random(seed);
        var text = new System.Text.StringBuilder();
        while (text.Length < characters)
            text.Append(Words[random.Next(Words.Length)]).Append(random.Next(6) == 0 ? ".\n" : " ");
        return text.ToString(0, characters);
    }
}
