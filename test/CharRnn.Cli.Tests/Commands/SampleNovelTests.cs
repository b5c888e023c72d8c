namespace CharRnn.Cli.Tests;

public sealed class SampleNovelTests : IDisposable
{
    private readonly TestShell _shell = new();

    public void Dispose() => _shell.Dispose();

    private Outcome Sample(string cycle, string training, params string[] flags)
    {
        File.WriteAllText(_shell.Folder.File("training.txt"), training);
        return _shell.Run([
            "sample",
            SuccessorModel.Save(_shell.Folder.File("model.safetensors"), cycle),
            "--novel",
            "--corpus",
            _shell.Folder.File("training.txt"),
            .. flags,
        ]);
    }

    [Fact]
    public void OfProse_TheLongestCopiedSpanIsQuotedWithItsPlace_AndTheTextItselfIsUnchanged()
    {
        var outcome = Sample(
            "abcdefghijklmnopqrstuvwxyz",
            "first\nxx bcdefghijklmnopqrstuvw yy",
            "-p",
            "a",
            "-n",
            "40"
        );
        Assert.Equal((0, "a" + "bcdefghijklmnopqrstuvwxyz" + "abcdefghijklmno"), (outcome.ExitCode, outcome.Output));
        string[] told = outcome.Error.ReplaceLineEndings("\n").TrimEnd().Split('\n');
        Assert.Equal(
            "charrnn: longest span copied from training: 22 characters, from its line 2, column 4: "
                + "\"bcdefghijklmnopqrstuvw\"",
            told[0]
        );
        Assert.Equal(
            "charrnn: of the 40 characters written, 55.0 % lie in copied spans of 20 or more, 0.0 % in spans "
                + "of 50 or more",
            told[1]
        );
    }

    [Fact]
    public void OfSeveralSamples_ItIsSaidInWhichOneTheSpanIs()
    {
        var outcome = Sample("abcd", "abcabc", "-p", "a", "-n", "3", "--num-samples", "2");
        Assert.Contains("training: in sample 1 2 characters", outcome.Error);
    }

    [Fact]
    public void NothingInCommon_IsSaid() =>
        Assert.Contains("copied from training: none", Sample("abcd", "xyz", "-n", "8").Error);

    [Theory]
    [InlineData("\n", "\r\n")]
    [InlineData("\r", "\r")]
    public void Records_ThatTheTrainingTextHas_AreLeftOut(string modelsEnd, string textsEnd)
    {
        string[] flags = ["--stop", modelsEnd, "--temperature", "40", "--seed", "3", "-n", "6", "--num-samples", "20"];
        var all = Sample("abc" + modelsEnd, "nothing of it", flags);
        string[] first = all.Output.TrimEnd().Split('\n');
        Assert.Equal(20, first.Length);

        string[] known = first.Distinct().Take(3).ToArray();
        var novel = Sample("abc" + modelsEnd, string.Join(textsEnd, known), flags);
        string[] lines = novel.Output.TrimEnd().Split('\n');
        Assert.Equal(20, lines.Length);
        Assert.DoesNotContain(lines, known.Contains);
        // The n-th record is the same whatever is known, so those left out are all that differs.
        Assert.Equal(
            first.Where(line => !known.Contains(line)),
            lines.Take(first.Count(line => !known.Contains(line)))
        );
        Assert.Matches(
            @"^charrnn: novel: 20 of the [0-9]+ records drawn are not in training \([0-9.]+ %\)$",
            novel.Error.TrimEnd()
        );
    }

    [Fact]
    public void ARecordIsComparedWithItsPrompt_AndWrittenWithItUnlessToldOtherwise()
    {
        var known = Sample("abc\n", "abc\n", "-p", "a", "--stop", "\n", "--num-samples", "2", "-n", "10");
        Assert.Equal((0, ""), (known.ExitCode, known.Output));
        Assert.Contains("novel: 0 of the 1,000 records", known.Error);
        Assert.Contains("gave up after 1,000 records; 2 novel ones were asked for", known.Error);

        Assert.Equal("abc\nabc\n", Sample("abc\n", "bc\n", "-p", "a", "--stop", "\n", "--num-samples", "2").Output);
        Assert.Equal(
            "bc\nbc\n",
            Sample("abc\n", "bc\n", "-p", "a", "--stop", "\n", "--num-samples", "2", "--no-echo").Output
        );
    }

    [Fact]
    public void Corpus_WithoutNovel_IsRefused()
    {
        var outcome = _shell.Run(
            "sample",
            SuccessorModel.Save(_shell.Folder.File("model.safetensors"), "abc"),
            "--corpus",
            "x.txt"
        );
        Assert.Equal(2, outcome.ExitCode);
        Assert.Contains("--novel", outcome.Error);
    }

    [Fact]
    public void WhatCannotBeMeasured_IsOneLineAndCode2()
    {
        Refused(Sample("abc", "abc", "-n", "0"));
        Refused(Sample("abc", "abc", "-n", "1000000", "--num-samples", "11"));

        static void Refused(Outcome outcome)
        {
            Assert.Equal((2, ""), (outcome.ExitCode, outcome.Output));
            Assert.Single(outcome.Error.TrimEnd().Split('\n'));
            Assert.Contains("--novel", outcome.Error);
        }
    }

    [Fact]
    public void AModelOutsideARun_NeedsTheTextNamed()
    {
        var outcome = _shell.Run(
            "sample",
            SuccessorModel.Save(_shell.Folder.File("model.safetensors"), "abc"),
            "--novel"
        );
        Assert.Equal(2, outcome.ExitCode);
        Assert.Contains("name the text with --corpus", outcome.Error);
        Assert.Single(outcome.Error.TrimEnd().Split('\n'));
    }

    [Fact]
    public async Task ARun_KnowsItsText_UntilThatIsChangedOrGone()
    {
        using var ground = new TrainingGround();
        await ground.TrainAsync("--max-steps", "5", "-o", "run");
        var found = await ground.RunAsync("sample", "run", "--novel", "-n", "50");
        Assert.Equal(0, found.ExitCode);
        Assert.Contains("copied from text:", found.Error);
        Assert.Contains(
            "copied from text:",
            (await ground.RunAsync("sample", "run/checkpoints/step-5.safetensors", "--novel", "-n", "50")).Error
        );

        File.AppendAllText(ground["text.txt"], "more");
        var changed = await ground.RunAsync("sample", "run", "--novel", "-n", "50");
        Assert.Equal((3, ""), (changed.ExitCode, changed.Output));
        Assert.Contains("has changed since", changed.Error);
        Assert.Contains("--corpus", changed.Error);

        File.Delete(ground["text.txt"]);
        var gone = await ground.RunAsync("sample", "run", "--novel", "-n", "50");
        Assert.Equal((3, ""), (gone.ExitCode, gone.Output));
        Assert.Contains("text.txt, which", gone.Error);
        Assert.Contains("--corpus", gone.Error);
        Assert.Single(gone.Error.TrimEnd().Split('\n'));
    }
}
