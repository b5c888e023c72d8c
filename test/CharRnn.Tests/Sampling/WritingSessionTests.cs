namespace CharRnn.Tests;

public sealed class WritingSessionTests
{
    private static readonly int[] Prompt = [3, 1, 4];

    [Fact]
    public void LettingTheModelChoose_WritesWhatAGeneratorDoes()
    {
        using var model = RandomModel.Make(layers: 2);
        var options = new SamplingOptions { Seed = 4, TopK = 9 };
        using var session = new WritingSession(model, Prompt, options);
        for (int i = 0; i < 70; i++)
            session.Choose();
        Assert.Equal(new TextGenerator(model).Ids(Prompt, options).Take(70), session.Written);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(29)]
    [InlineData(30)]
    [InlineData(64)]
    [InlineData(100)]
    public void Undo_GivesBackTheStateToTheBit(int taken)
    {
        using var model = RandomModel.Make("gru", layers: 2);
        int[] ids = RandomModel.Ids(100, 37);
        using var session = new WritingSession(model, Prompt, new());
        foreach (int id in ids)
            session.Add(id);
        for (int i = 0; i < taken; i++)
            Assert.True(session.Undo());

        using var fresh = new WritingSession(model, Prompt, new());
        foreach (int id in ids[..^taken])
            fresh.Add(id);
        Assert.Equal(fresh.Written, session.Written);
        Assert.Equal(fresh.Candidates(37), session.Candidates(37));
        foreach (int id in RandomModel.Ids(40, 37, seed: 8))
        {
            fresh.Add(id);
            session.Add(id);
        }
        Assert.Equal(fresh.Candidates(37), session.Candidates(37));
    }

    [Fact]
    public void ThePrompt_CannotBeTakenBack()
    {
        using var model = RandomModel.Make();
        using var session = new WritingSession(model, Prompt, new());
        session.Add(5);
        Assert.True(session.Undo());
        Assert.False(session.Undo());
        Assert.Equal(0, session.Length);
    }

    [Fact]
    public void AChoiceThatWasTakenBack_IsMadeAnew()
    {
        using var model = RandomModel.Make();
        using var session = new WritingSession(model, Prompt, new() { Temperature = 1000 });
        var choices = new HashSet<int>();
        for (int i = 0; i < 20; i++)
        {
            session.Choose();
            choices.Add(session.Written.Single());
            session.Undo();
        }
        Assert.True(choices.Count > 5);
    }

    [Fact]
    public void Candidates_AreTheLikeliest_AndTheTemperatureSharpensThem()
    {
        using var model = RandomModel.Make();
        using var session = new WritingSession(model, Prompt, new());
        var all = session.Candidates(int.MaxValue);
        Assert.Equal(37, all.Count);
        Assert.Equal(1, all.Sum(next => next.Probability), 1e-12);
        Assert.Equal(all.OrderByDescending(next => next.Probability), all);
        Assert.Equal(
            new BeamSearch(model)
                .Run(Prompt, 1, 1, cancellationToken: TestContext.Current.CancellationToken)[0]
                .TotalNats,
            -Math.Log(all[0].Probability),
            1e-5
        );
        session.Options = session.Options with { Temperature = 0.5 };
        Assert.True(session.Candidates(1)[0].Probability > all[0].Probability);
        session.Options = session.Options with { Temperature = 0 };
        Assert.Equal(all.Take(3), session.Candidates(3));
    }
}
