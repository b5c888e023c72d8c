using CharRnn.Inspecting;

namespace CharRnn.Tests;

public sealed class WritingTreeTests
{
    private static readonly int[] Prompt = [3, 1, 4];

    [Fact]
    public void WithoutABranch_TheTextIsThatOfAGenerator()
    {
        using var model = RandomModel.Make(layers: 2);
        var options = new SamplingOptions { Seed = 4, TopK = 9 };
        using var tree = new WritingTree(model, Prompt, options);
        int node = Written(tree, 0, 70);
        Assert.Equal(new TextGenerator(model).Ids(Prompt, options).Take(70), tree.TextOf(node));
    }

    [Theory]
    [InlineData("lstm")]
    [InlineData("gru")]
    public void ABranch_IsWhatIsWrittenAnewFromItsPrefix_AndTheOldTextStays(string cell)
    {
        using var model = RandomModel.Make(cell, layers: 2);
        var options = new SamplingOptions { Seed = 4 };
        using var tree = new WritingTree(model, Prompt, options);
        int early = Written(tree, 0, 20),
            old = Written(tree, early, 30);
        int[] oldText = tree.TextOf(old);
        int other = tree.Candidates(early, 3).First(next => next.Id != oldText[20]).Id;
        int branch = Written(tree, tree.Add(early, other), 30);

        using var fresh = new WritingTree(model, Prompt, options);
        int same = 0;
        foreach (int id in (int[])[.. oldText[..20], other])
            same = fresh.Add(same, id);
        same = Written(fresh, same, 30);
        Assert.Equal(fresh.TextOf(same), tree.TextOf(branch));
        Assert.Equal(fresh.Candidates(same, 37), tree.Candidates(branch, 37));
        Assert.Equal(oldText, tree.TextOf(old));
        Assert.Equal(Written(tree, early, 30), old);
    }

    [Fact]
    public void Candidates_AreADistribution_ThatATemperatureSharpens()
    {
        using var model = RandomModel.Make();
        using var tree = new WritingTree(model, Prompt, new());
        Assert.Equal(1, tree.Candidates(0, int.MaxValue).Sum(next => next.Probability), 1e-12);
        Assert.True(tree.Candidates(0, 1, 0.5)[0].Probability > tree.Candidates(0, 1)[0].Probability);
    }

    private static int Written(WritingTree tree, int node, int count)
    {
        for (int i = 0; i < count; i++)
            node = tree.Choose(node);
        return node;
    }
}
