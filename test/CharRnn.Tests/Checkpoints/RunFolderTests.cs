using CharRnn.Checkpoints;

namespace CharRnn.Tests;

public sealed class RunFolderTests : IDisposable
{
    private readonly ScratchFolder _scratch = new();

    public void Dispose() => _scratch.Dispose();

    [Fact]
    public void Open_AfterCreateAndWriteConfig_GivesTheConfigBack()
    {
        RunFolder.Create(_scratch["runs/poe-001/"]).WriteConfig("{\"cell\":\"lstm\"}");
        var run = RunFolder.Open(_scratch["runs/poe-001"]);
        Assert.Equal("{\"cell\":\"lstm\"}", run.ReadConfig());
        Assert.Equal(_scratch["runs/poe-001"], run.Path);
        Assert.Null(run.LastStep);
        Assert.Null(run.BestStep);
    }

    [Fact]
    public void Create_OverAnExistingRun_SaysResume()
    {
        NewRun();
        Assert.Contains(
            "'RunFolder.Open'",
            Assert.Throws<SettingsException>(() => RunFolder.Create(_scratch["run"])).Message
        );
    }

    [Fact]
    public void Create_InAnEmptyFolderOrAfterATrainerKilledBeforeItBegan_IsFine()
    {
        Directory.CreateDirectory(_scratch["run"]);
        RunFolder.Create(_scratch["run"]);
        File.WriteAllText(_scratch["run/run.lock"], "12345\n");
        File.WriteAllText(_scratch["run/config.json.0.tmp"], "{");
        var run = RunFolder.Create(_scratch["run"]);
        File.WriteAllText(_scratch["run/checkpoints/step-0.safetensors.0.tmp"], "");
        Save(run, 0);
        run.MarkBest(0);
        run.SaveModel([Tensor.FromSingles("w", [4])], new Dictionary<string, string>());
        RunFolder.Create(_scratch["run"]).WriteConfig("{}");
    }

    [Fact]
    public void Create_OverAModelOrCheckpointsThatNoStartLeaves_IsRefused()
    {
        var run = RunFolder.Create(_scratch["run"]);
        run.SaveModel([Tensor.FromSingles("w", [4])], new Dictionary<string, string>());
        Assert.Contains(
            "'model.safetensors'",
            Assert.Throws<SettingsException>(() => RunFolder.Create(_scratch["run"])).Message
        );
        File.Delete(run.ModelPath);
        Save(run, 0, 5);
        Assert.Contains(
            "'checkpoints'",
            Assert.Throws<SettingsException>(() => RunFolder.Create(_scratch["run"])).Message
        );
    }

    [Fact]
    public void DeleteIfUnused_TakesBackWhatWasMade_AndNothingElse()
    {
        var unused = RunFolder.Create(_scratch["deep/er/one"]);
        Save(unused, 0);
        unused.MarkBest(0);
        File.WriteAllText(_scratch["deep/er/one/model.safetensors.1.tmp"], "");
        RunFolder.Create(_scratch["deep/er/two"]).WriteConfig("{}");
        unused.DeleteIfUnused();
        unused.DeleteIfUnused();
        Assert.Equal(["two"], Directory.GetFileSystemEntries(_scratch["deep/er"]).Select(Path.GetFileName));

        Directory.CreateDirectory(_scratch["mine"]);
        RunFolder.Create(_scratch["mine"]).DeleteIfUnused();
        Assert.Empty(Directory.GetFileSystemEntries(_scratch["mine"]));
        RunFolder.Create(_scratch["alone/run"]).DeleteIfUnused();
        Assert.False(Directory.Exists(_scratch["alone"]));
    }

    [Fact]
    public void DeleteIfUnused_LeavesARun_AndAFolderThatAnotherTrainerHas()
    {
        NewRun().DeleteIfUnused();
        Assert.True(File.Exists(_scratch["run/config.json"]));
        var begun = RunFolder.Create(_scratch["begun"]);
        Save(begun, 0);
        using (RunLock.Acquire(begun))
            begun.DeleteIfUnused();
        Assert.Equal(0, begun.LastStep);
    }

    [Fact]
    public void Create_OverAFileOrAFolderOfOtherThings_IsRefusedAndTouchesNothing()
    {
        File.WriteAllText(_scratch["file"], "text");
        Directory.CreateDirectory(_scratch["holiday"]);
        File.WriteAllText(_scratch["holiday/photo.jpg"], "");
        Assert.Contains(
            "is a file",
            Assert.Throws<SettingsException>(() => RunFolder.Create(_scratch["file"])).Message
        );
        Assert.Contains(
            "'photo.jpg'",
            Assert.Throws<SettingsException>(() => RunFolder.Create(_scratch["holiday"])).Message
        );
        Assert.Throws<SettingsException>(() => RunFolder.Create(""));
        Assert.Contains(
            _scratch["file/run"],
            Assert.Throws<CharRnnException>(() => RunFolder.Create(_scratch["file/run"])).Message
        );
        Assert.Equal(["photo.jpg"], Directory.GetFileSystemEntries(_scratch["holiday"]).Select(Path.GetFileName));
    }

    [Fact]
    public void Open_OfSomethingElse_IsRefused()
    {
        Assert.Contains("is not a run", Assert.Throws<ModelException>(() => RunFolder.Open(_scratch.Root)).Message);
        Assert.Contains(
            "there is no run folder",
            Assert.Throws<ModelException>(() => RunFolder.Open(_scratch["missing"])).Message
        );
    }

    [Fact]
    public void NextFree_GoesOnAfterTheHighestNumber()
    {
        Assert.Equal(_scratch["runs/poe-001"], RunNames.NextFree(_scratch["runs"], "poe"));
        foreach (string taken in new[] { "poe-001", "poe-009", "poe-x", "poems-040" })
            Directory.CreateDirectory(_scratch["runs/" + taken]);
        Assert.Equal(_scratch["runs/poe-010"], RunNames.NextFree(_scratch["runs"], "poe"));
        Directory.CreateDirectory(_scratch["runs/poe-1000"]);
        Assert.Equal(_scratch["runs/poe-1001"], RunNames.NextFree(_scratch["runs"], "poe"));
    }

    [Theory]
    [InlineData("../../etc/passwd", "etc-passwd-001")]
    [InlineData("Pan Tadeusz: żółw.txt", "Pan-Tadeusz-żółw-txt-001")]
    [InlineData("...", "run-001")]
    [InlineData("", "run-001")]
    [InlineData("a\0b\nc", "a-b-c-001")]
    public void NextFree_MakesTheNameSafe(string corpus, string folder) =>
        Assert.Equal(_scratch[folder], RunNames.NextFree(_scratch.Root, corpus));

    [Fact]
    public void SaveCheckpoint_MovesLast_AndMarkBestStays()
    {
        var run = NewRun();
        Save(run, 0, 100);
        run.MarkBest(100);
        Save(run, 200);

        Assert.Equal(200, run.LastStep);
        Assert.Equal(100, run.BestStep);
        Assert.Equal("checkpoints/step-200.safetensors\n", File.ReadAllText(_scratch["run/last"]));
        Assert.Equal([200f], run.ReadCheckpoint(200).Require("w").ToSingles());
        Assert.Equal("lstm", run.ReadCheckpoint(0).Metadata["cell"]);
        Assert.Throws<ModelException>(() => run.ReadCheckpoint(300));
        Assert.Throws<ModelException>(() => run.MarkBest(300));
        Assert.Equal(100, run.BestStep);
    }

    [Fact]
    public void SaveCheckpoint_ThatFails_LeavesLastAtTheCheckpointBefore()
    {
        var run = NewRun();
        Save(run, 1);
        Assert.Throws<ModelException>(() =>
            run.SaveCheckpoint(
                2,
                [Tensor.FromBytes("a", [1]), Tensor.FromBytes("a", [1])],
                new Dictionary<string, string>()
            )
        );
        Assert.Equal(1, run.LastStep);
        Assert.Equal([1f], run.ReadCheckpoint(1).Require("w").ToSingles());
    }

    [Theory]
    [InlineData("")]
    [InlineData("step-1.safetensors")]
    [InlineData("checkpoints/step--1.safetensors")]
    [InlineData("checkpoints/step-01.safetensors")]
    [InlineData("checkpoints/../../model.safetensors")]
    public void LastStep_OfAPointerThatNamesNoCheckpoint_IsRefused(string text)
    {
        var run = NewRun();
        File.WriteAllText(_scratch["run/last"], text);
        Assert.Contains("checkpoints/step-1000.safetensors", Assert.Throws<ModelException>(() => run.LastStep).Message);
    }

    [Fact]
    public void PruneCheckpoints_KeepsLastBestAndTheNewest()
    {
        var run = NewRun();
        Save(run, 1, 2, 3, 10, 20);
        run.MarkBest(2);
        File.WriteAllText(_scratch["run/checkpoints/notes.txt"], "mine");
        run.PruneCheckpoints(2);
        Assert.Equal(
            ["notes.txt", "step-10.safetensors", "step-2.safetensors", "step-20.safetensors"],
            CheckpointNames()
        );
        run.PruneCheckpoints(0);
        Assert.Equal(["notes.txt", "step-2.safetensors", "step-20.safetensors"], CheckpointNames());
        Assert.Equal((20, 2), (run.LastStep, run.BestStep));
    }

    [Fact]
    public void SaveModel_IsWhatResolveFinds()
    {
        var run = NewRun();
        Assert.Contains("yet", Assert.Throws<ModelException>(() => ModelFile.Resolve(run.Path)).Message);
        run.SaveModel([Tensor.FromSingles("w", [4])], new Dictionary<string, string>());
        Assert.Equal(run.ModelPath, ModelFile.Resolve(run.Path));
        Assert.Equal(run.ModelPath, ModelFile.Resolve(run.ModelPath));
        Assert.Equal([4f], SafetensorsFile.Read(run.ModelPath).Require("w").ToSingles());
        Assert.Contains("is not a run", Assert.Throws<ModelException>(() => ModelFile.Resolve(_scratch.Root)).Message);
        Assert.Contains(
            "there is no model",
            Assert.Throws<ModelException>(() => ModelFile.Resolve(_scratch["missing"])).Message
        );
    }

    private RunFolder NewRun()
    {
        var run = RunFolder.Create(_scratch["run"]);
        run.WriteConfig("{}");
        return run;
    }

    private static void Save(RunFolder run, params long[] steps)
    {
        foreach (long step in steps)
            run.SaveCheckpoint(
                step,
                [Tensor.FromSingles("w", [step])],
                new Dictionary<string, string> { ["cell"] = "lstm" }
            );
    }

    private IEnumerable<string> CheckpointNames() =>
        Directory
            .GetFiles(_scratch["run/checkpoints"])
            .Select(path => Path.GetFileName(path))
            .Order(StringComparer.Ordinal);
}
