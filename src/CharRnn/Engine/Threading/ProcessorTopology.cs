using System.Globalization;

namespace CharRnn.Engine;

/// <summary>
/// Processors of this machine as far as threads and blocking need them: cores that are useful to a team of threads, and
/// the caches of one. Read from Linux's files below a root; elsewhere, and where files are missing or not as expected,
/// what .NET says and common sizes.
/// </summary>
internal sealed class ProcessorTopology
{
    private const int DefaultLevel1DataBytes = 32 << 10,
        DefaultLevel2Bytes = 512 << 10;

    // Of the largest capacity: below are the small cores, above it the few fastest and the other large ones.
    private const double LargeCapacity = 0.7;

    private const string ProcessorsFolder = "sys/devices/system/cpu";
    private readonly string _root;

    /// <summary>Reads the topology.</summary>
    /// <param name="root">The folder that stands for <c>/</c>.</param>
    /// <param name="fallback">Number of threads where nothing is known.</param>
    public ProcessorTopology(string root, int fallback)
    {
        _root = root;
        var allowed = ProcessorList(ValueOf(Read("proc/self/status"), "Cpus_allowed_list"));
        int cores = allowed.Count == 0 ? fallback : PhysicalCores(PerformanceCores(allowed));
        if (Quota() is { } quota)
            cores = Math.Min(cores, (int)Math.Floor(quota));
        UsefulThreads = Math.Clamp(cores, 1, Math.Max(1, fallback));
        Level1DataBytes = CacheBytes(level: 1) ?? DefaultLevel1DataBytes;
        Level2Bytes = CacheBytes(level: 2) ?? DefaultLevel2Bytes;
    }

    /// <summary>This machine's, for this process.</summary>
    public static ProcessorTopology Current { get; } =
        new(OperatingSystem.IsLinux() ? "/" : "", Environment.ProcessorCount);

    /// <summary>
    /// Number of threads that work side by side without holding each other up: the physical cores that this process may
    /// use, on processors with cores of several kinds the fast ones alone, and no more than the whole processors of a
    /// container's quota, since threads that wait at a barrier are all stopped when it is used up.
    /// </summary>
    public int UsefulThreads { get; }

    /// <summary>Bytes of a core's first-level data cache.</summary>
    public int Level1DataBytes { get; }

    /// <summary>Bytes of a core's second-level cache.</summary>
    public int Level2Bytes { get; }

    /// <summary>
    /// The fast ones among some processors: Intel's performance cores, or those of the largest capacity, as on Arm.
    /// </summary>
    private List<int> PerformanceCores(List<int> processors)
    {
        var performance = ProcessorList(Read("sys/devices/cpu_core/cpus"));
        if (processors.Intersect(performance).Any() && Exists("sys/devices/cpu_atom/cpus"))
            return [.. processors.Intersect(performance)];
        var capacities = processors.ToDictionary(
            processor => processor,
            processor => Number(Read($"{ProcessorsFolder}/cpu{processor}/cpu_capacity")) ?? 0
        );
        return [.. processors.Where(processor => capacities[processor] >= LargeCapacity * capacities.Values.Max())];
    }

    /// <summary>Number of cores that some processors belong to: siblings share the arithmetic units of one.</summary>
    private int PhysicalCores(List<int> processors) =>
        processors
            .Select(processor =>
            {
                var siblings = ProcessorList(Read($"{ProcessorsFolder}/cpu{processor}/topology/thread_siblings_list"));
                return siblings.Count > 0 ? siblings.Min() : processor;
            })
            .Distinct()
            .Count();

    /// <summary>Processors that the process's control group and those above it allow; null without a limit.</summary>
    private double? Quota()
    {
        double? least = null;
        foreach (string line in (Read("proc/self/cgroup") ?? "").Split('\n'))
        {
            string[] parts = line.Split(':', 3);
            if (parts.Length < 3)
                continue;
            bool isUnified = parts[1].Length == 0;
            if (!isUnified && !parts[1].Split(',').Contains("cpu"))
                continue;
            string mount = isUnified ? "sys/fs/cgroup" : "sys/fs/cgroup/cpu";
            // In a container the path may be the host's, and its own group the mount itself.
            for (string? group = parts[2].Trim().Trim('/'); group is not null; group = Above(group))
            {
                if (QuotaOf($"{mount}/{group}", isUnified) is { } quota && !(quota >= least))
                    least = quota;
            }
        }
        return least;
    }

    private double? QuotaOf(string group, bool isUnified)
    {
        string[] values = isUnified
            ? (Read($"{group}/cpu.max") ?? "").Split(' ')
            : [Read($"{group}/cpu.cfs_quota_us") ?? "", Read($"{group}/cpu.cfs_period_us") ?? ""];
        return
            values.Length == 2
            && Number(values[0]) is { } quota
            && Number(values[1]) is { } period
            && period > 0
            && quota > 0
            ? (double)quota / period
            : null;
    }

    private static string? Above(string group) =>
        group.Length == 0 ? null
        : group.LastIndexOf('/') is >= 0 and int end ? group[..end]
        : "";

    private int? CacheBytes(int level)
    {
        for (int index = 0; Exists($"{ProcessorsFolder}/cpu0/cache/index{index}/level"); index++)
        {
            string folder = $"{ProcessorsFolder}/cpu0/cache/index{index}";
            if (Number(Read($"{folder}/level")) != level || Read($"{folder}/type")?.Trim() == "Instruction")
                continue;
            string size = Read($"{folder}/size")?.Trim() ?? "";
            int unit =
                size.EndsWith('K') ? 1 << 10
                : size.EndsWith('M') ? 1 << 20
                : 1;
            if (Number(size.TrimEnd('K', 'M')) is { } number && number > 0 && number <= int.MaxValue / unit)
                return (int)number * unit;
        }
        return null;
    }

    /// <summary>The numbers in a list such as <c>0-3,8,10-11</c>; none where it is not one.</summary>
    private static List<int> ProcessorList(string? text)
    {
        var processors = new List<int>();
        foreach (string range in (text ?? "").Trim().Split(',', StringSplitOptions.RemoveEmptyEntries))
        {
            string[] ends = range.Split('-');
            if (ends.Length > 2 || Number(ends[0]) is not { } first || Number(ends[^1]) is not { } last)
                return [];
            if (first < 0 || last < first || last >= ThreadAffinity.MaxProcessors)
                return [];
            for (int processor = (int)first; processor <= last; processor++)
                processors.Add(processor);
        }
        return processors;
    }

    private static string? ValueOf(string? text, string key)
    {
        foreach (string line in (text ?? "").Split('\n'))
        {
            if (line.StartsWith(key + ":", StringComparison.Ordinal))
                return line[(key.Length + 1)..];
        }
        return null;
    }

    private static long? Number(string? text) =>
        long.TryParse(text?.Trim(), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long number)
            ? number
            : null;

    private bool Exists(string file) => _root.Length > 0 && File.Exists(Path.Combine(_root, file));

    private string? Read(string file)
    {
        try
        {
            return Exists(file) ? File.ReadAllText(Path.Combine(_root, file)) : null;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
