using CharRnn.Checkpoints;

namespace CharRnn.Tests;

public sealed class RunLockTests : IDisposable
{
    private readonly ScratchFolder scratch = new();
    private readonly RunFolder run;

    public RunLockTests() => run = RunFolder.Create(scratch["run"]);

    public void Dispose() => scratch.Dispose();

    [Fact]
    public void Acquire_WhileAnotherHoldsTheRun_NamesItsProcess()
    {
        using RunLock held = RunLock.Acquire(run);
        string message = Assert.Throws<CharRnnException>(() => RunLock.Acquire(run)).Message;
        Assert.Contains($"process {Environment.ProcessId};", message);
        Assert.True(File.Exists(scratch["run/run.lock"]));
    }

    [Fact]
    public void Dispose_DeletesTheFileAndFreesTheRun()
    {
        RunLock.Acquire(run).Dispose();
        Assert.False(File.Exists(scratch["run/run.lock"]));
        RunLock.Acquire(run).Dispose();
    }

    [Fact]
    public void Acquire_AfterAKilledTrainer_TakesItsLockAndRemovesItsTemporaries()
    {
        string[] leftovers =
        [
            scratch["run/run.lock"],
            scratch["run/last.1.tmp"],
            scratch["run/checkpoints/step-2.safetensors.1.tmp"],
        ];
        foreach (string leftover in leftovers)
            File.WriteAllText(leftover, "999999999 and more\n");
        File.WriteAllText(scratch["run/notes.txt"], "mine");

        using (RunLock held = RunLock.Acquire(run))
        {
            Assert.False(File.Exists(leftovers[1]));
            Assert.False(File.Exists(leftovers[2]));
            Assert.True(File.Exists(scratch["run/notes.txt"]));
            Assert.Contains(
                $"process {Environment.ProcessId};",
                Assert.Throws<CharRnnException>(() => RunLock.Acquire(run)).Message
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
                    using RunLock held = RunLock.Acquire(run);
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
        Assert.False(File.Exists(scratch["run/run.lock"]));
    }

    [Fact]
    public void Acquire_InAFolderThatIsGone_IsRefused()
    {
        Directory.Delete(run.Path, recursive: true);
        Assert.Contains(
            "its folder does not exist",
            Assert.Throws<CharRnnException>(() => RunLock.Acquire(run)).Message
        );
    }
}
