using CharRnn.Engine;

namespace CharRnn.Tests.Engine;

/// <summary>What is read from files as Linux has them on several machines.</summary>
public sealed class ProcessorTopologyTests : IDisposable
{
    private const int Fallback = 64;
    private readonly string _root = Directory.CreateTempSubdirectory("charrnn-topology").FullName;

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [Fact]
    public void WithoutFiles_TheRuntimesCountHolds_AndCommonCaches()
    {
        var topology = Read();

        Assert.Equal(Fallback, topology.UsefulThreads);
        Assert.Equal(32 << 10, topology.Level1DataBytes);
        Assert.Equal(512 << 10, topology.Level2Bytes);
    }

    [Fact]
    public void PlainMachine_HasItsCoresAndCaches()
    {
        Allow("0-1");
        Write("sys/devices/system/cpu/cpu0/topology/thread_siblings_list", "0\n");
        Write("sys/devices/system/cpu/cpu1/topology/thread_siblings_list", "1\n");
        Cache(0, "Data", 1, "48K");
        Cache(1, "Instruction", 1, "32K");
        Cache(2, "Unified", 2, "1024K");

        var topology = Read();

        Assert.Equal(2, topology.UsefulThreads);
        Assert.Equal(48 << 10, topology.Level1DataBytes);
        Assert.Equal(1 << 20, topology.Level2Bytes);
    }

    [Fact]
    public void SiblingsOnOneCore_AreOneThread()
    {
        Allow("0-15");
        for (int i = 0; i < 16; i++)
            Write($"sys/devices/system/cpu/cpu{i}/topology/thread_siblings_list", $"{i % 8},{i % 8 + 8}\n");

        Assert.Equal(8, Read().UsefulThreads);
    }

    [Fact]
    public void HybridProcessor_HasItsPerformanceCoresAlone()
    {
        // Eight performance cores of two threads each, and four efficient ones.
        Allow("0-19");
        Write("sys/devices/cpu_core/cpus", "0-15\n");
        Write("sys/devices/cpu_atom/cpus", "16-19\n");
        for (int i = 0; i < 20; i++)
            Write(
                $"sys/devices/system/cpu/cpu{i}/topology/thread_siblings_list",
                i < 16 ? $"{i / 2 * 2}-{i / 2 * 2 + 1}\n" : $"{i}\n"
            );

        Assert.Equal(8, Read().UsefulThreads);

        // Confined to the efficient ones, a process has those.
        Allow("16-19");
        Assert.Equal(4, Read().UsefulThreads);
    }

    [Fact]
    public void CoresOfUnlikeCapacity_CountTheLargeOnes()
    {
        Allow("0-7");
        for (int i = 0; i < 8; i++)
            Write(
                $"sys/devices/system/cpu/cpu{i}/cpu_capacity",
                i < 4 ? "446\n"
                    : i < 7 ? "871\n"
                    : "1024\n"
            );

        Assert.Equal(4, Read().UsefulThreads);
    }

    [Fact]
    public void Affinity_LimitsTheCores()
    {
        Allow("2,5-6");

        Assert.Equal(3, Read().UsefulThreads);
    }

    [Theory]
    [InlineData("150000 100000", 1)]
    [InlineData("200000 100000", 2)]
    [InlineData("350000 100000", 3)]
    [InlineData("50000 100000", 1)]
    [InlineData("max 100000", 8)]
    [InlineData("what 100000", 8)]
    [InlineData("150000 0", 8)]
    [InlineData("", 8)]
    public void QuotaOfAContainer_IsRoundedDown(string quota, int threads)
    {
        Allow("0-7");
        Write("proc/self/cgroup", "0::/pod/box\n");
        Write("sys/fs/cgroup/pod/box/cpu.max", quota + "\n");

        Assert.Equal(threads, Read().UsefulThreads);
    }

    [Fact]
    public void QuotaOfAGroupAbove_HoldsToo_AndSoDoesTheOlderKind()
    {
        Allow("0-7");
        Write("proc/self/cgroup", "0::/pod/box\n");
        Write("sys/fs/cgroup/pod/box/cpu.max", "600000 100000\n");
        Write("sys/fs/cgroup/pod/cpu.max", "300000 100000\n");
        Assert.Equal(3, Read().UsefulThreads);

        Write("proc/self/cgroup", "4:memory:/x\n3:cpu,cpuacct:/docker/abc\n0::/\n");
        Write("sys/fs/cgroup/cpu/cpu.cfs_quota_us", "250000\n");
        Write("sys/fs/cgroup/cpu/cpu.cfs_period_us", "100000\n");
        Assert.Equal(2, Read().UsefulThreads);

        Write("sys/fs/cgroup/cpu/cpu.cfs_quota_us", "-1\n");
        Assert.Equal(8, Read().UsefulThreads);
    }

    [Theory]
    [InlineData("")]
    [InlineData("none")]
    [InlineData("3-1")]
    [InlineData("0-99999999")]
    [InlineData("1-2-3")]
    public void ListThatIsNone_IsPassedOver(string list)
    {
        Allow(list);

        Assert.Equal(Fallback, Read().UsefulThreads);
    }

    [Fact]
    public void ThisMachine_HasAtLeastOneThread_AndNoMoreThanTheRuntimeSays() =>
        Assert.InRange(ProcessorTopology.Current.UsefulThreads, 1, Environment.ProcessorCount);

    private ProcessorTopology Read() => new(_root, Fallback);

    private void Allow(string processors) =>
        Write("proc/self/status", $"Name:\tx\nCpus_allowed:\tff\nCpus_allowed_list:\t{processors}\nMems_allowed:\t1\n");

    private void Cache(int index, string type, int level, string size)
    {
        string folder = $"sys/devices/system/cpu/cpu0/cache/index{index}";
        Write($"{folder}/type", type + "\n");
        Write($"{folder}/level", $"{level}\n");
        Write($"{folder}/size", size + "\n");
    }

    private void Write(string file, string content)
    {
        string path = Path.Combine(_root, file);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, content);
    }
}
