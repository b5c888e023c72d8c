namespace CharRnn.Cli.UserTrials;

/// <summary>A run whose text has been moved says so, takes the new place, and remembers it.</summary>
public sealed class MovedTextTests : IDisposable
{
    private readonly TrainingGround _ground = new();

    public void Dispose() => _ground.Dispose();

    [Fact]
    public async Task Resume_WithoutTheText_SaysWhichItWas_AndRemembersTheNewPlace()
    {
        await _ground.TrainAsync("--max-steps", "2", "-o", "run");
        Directory.CreateDirectory(_ground["elsewhere"]);
        File.Move(_ground["text.txt"], _ground["elsewhere/moved.txt"]);

        var refused = await _ground.RunAsync("train", "-o", "run", "--resume", "--max-steps", "4");
        Assert.Equal(ExitCode.BadInput, refused.ExitCode);
        Assert.StartsWith("charrnn: error: the run's text was text.txt, which is no longer there", refused.Error);
        Assert.Contains("name where it is now before --resume", refused.Error);

        string[] named = ["train", "elsewhere/moved.txt", "-o", "run", "--resume", "--max-steps", "4"];
        Assert.Equal(0, (await _ground.RunAsync(named)).ExitCode);
        Assert.Equal(0, (await _ground.RunAsync("train", "-o", "run", "--resume", "--max-steps", "6")).ExitCode);
        Assert.Equal(6, _ground.LastStep("run"));
    }

    [Fact]
    public async Task Resume_WithoutTheValidationText_SaysHowToNameIt()
    {
        File.WriteAllText(_ground["held-out.txt"], TrainingGround.Text(900)[300..]);
        await _ground.TrainAsync("--max-steps", "2", "--val-file", "held-out.txt", "-o", "run");
        File.Move(_ground["held-out.txt"], _ground["kept.txt"]);

        var refused = await _ground.RunAsync("train", "-o", "run", "--resume", "--max-steps", "4");
        Assert.Equal(ExitCode.BadInput, refused.ExitCode);
        Assert.Contains("held-out.txt, which is no longer there", refused.Error);
        Assert.Contains("--val-file", refused.Error);

        string[] named = ["train", "-o", "run", "--resume", "--max-steps", "4", "--val-file", "kept.txt"];
        Assert.Equal(0, (await _ground.RunAsync(named)).ExitCode);
        Assert.Equal(0, (await _ground.RunAsync("train", "-o", "run", "--resume", "--max-steps", "6")).ExitCode);
    }

    [Theory]
    [InlineData("train", "--labelled")]
    [InlineData("classify train")]
    public async Task Resume_WithoutTheRecords_SaysWhichTheyWere_AndRemembersTheNewPlace(
        string verb,
        string? flag = null
    )
    {
        File.WriteAllText(
            _ground["table.csv"],
            "text,label\n" + string.Concat(Enumerable.Range(0, 40).Select(row => $"the {row},{row % 2}\n"))
        );
        string[] train = [.. verb.Split(' '), .. flag is null ? Array.Empty<string>() : [flag]];
        string[] small = ["--hidden-size", "4", "--max-steps", "2", "-o", "run"];
        Assert.Equal(0, (await _ground.RunAsync([.. train, "table.csv", .. small])).ExitCode);
        File.Move(_ground["table.csv"], _ground["moved.csv"]);

        var refused = await _ground.RunAsync([.. verb.Split(' '), "-o", "run", "--resume", "--max-steps", "4"]);
        Assert.Equal(ExitCode.BadInput, refused.ExitCode);
        Assert.Contains("table.csv, which is no longer there", refused.Error);

        string[] resume = ["-o", "run", "--resume", "--max-steps"];
        Assert.Equal(0, (await _ground.RunAsync([.. verb.Split(' '), "moved.csv", .. resume, "4"])).ExitCode);
        Assert.Equal(0, (await _ground.RunAsync([.. verb.Split(' '), .. resume, "6"])).ExitCode);
    }
}
