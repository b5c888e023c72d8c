using CharRnn.Checkpoints;

namespace CharRnn.Tests;

public sealed class RunLockTests : IDisposable
{
    private readonly ScratchFolder _scratch = new();
    private readonly RunFolder _run;

    public RunLockTests() => _run = RunFolder.Create(_scratch["run"]);

    public void Dispose() => _scratch.Dispose();

    [Fact]
    public void Acquire_WhileAnotherHoldsTheRun_NamesItsProcess()
    {
        using var held = RunLock.Acquire(_run);
        string message = Assert.Throws<CharRnnException>(() => RunLock.Acquire(_run)).Message;
        Assert.Contains($"process {Environment.ProcessId};", message);
        Assert.True(File.Exists(_scratch["run/run.lock"]));
    }

    [Fact]
    public void Dispose_DeletesTheFileAndFreesTheRun()
    {
        RunLock.Acquire(_run).Dispose();
        Assert.False(File.Exists(_scratch["run/run.lock"]));
        RunLock.Acquire(_run).Dispose();
    }

    [Fact]
    public void Acquire_AfterAKilledTrainer_TakesItsLockAndRemovesItsTemporaries()
    {
        string[] leftovers =
        [
            _scratch["run/run.lock"],
            _scratch["run/last.1.tmp"],
            _scratch["run/checkpoints/step-2.safetensors.1.tmp"],
        ];
        foreach (string leftover in leftovers)
            File.WriteAllText(leftover, "999999999 and more\n");
        File.WriteAllText(_scratch["run/notes.txt"], "mine");

        using (var held = RunLock.Acquire(_run))
        {
            Assert.False(File.Exists(leftovers[1]));
            Assert.False(File.Exists(leftovers[2]));
            Assert.True(File.Exists(_scratch["run/notes.txt"]));
            Assert.Contains(
                $"process {Environment.ProcessId};",
                Assert.Throws<CharRnnException>(() => RunLock.Acquire(_run)).Message
            );
        }
        Assert.False(File.Exists(leftovers[0]));
    }

    [Fact]
    public void Acquire_FromManyThreadsAtOnce_NeverGivesTheRunTwice()
    {
        int owners = 0,
            acquired = 0;
        Parallel.For(
            0,
            200,
            new ParallelOptions { MaxDegreeOfParallelism = 8 },
            _ =>
            {
                try
                {
                    using var held = RunLock.Acquire(_run);
                    Assert.Equal(1, Interlocked.Increment(ref owners));
                    Interlocked.Increment(ref acquired);
                    Interlocked.Decrement(ref owners);
                }
                catch (CharRnnException)
                {
                    // Somebody else has it, as they may.
                }
            }
        );
        Assert.InRange(acquired, 1, 200);
        Assert.False(File.Exists(_scratch["run/run.lock"]));
    }

    [Fact]
    public void Acquire_InAFolderThatIsGone_IsRefused()
    {
        Directory.Delete(_run.Path, recursive: true);
        Assert.Contains(
            "its folder does not exist",
            Assert.Throws<CharRnnException>(() => RunLock.Acquire(_run)).Message
        );
    }
}
