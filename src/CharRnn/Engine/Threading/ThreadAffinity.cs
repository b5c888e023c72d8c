using System.Runtime.InteropServices;

namespace CharRnn.Engine;

/// <summary>
/// Processors that a thread may run on. On other systems than Linux nothing is restricted: their schedulers are left
/// alone.
/// </summary>
internal static unsafe partial class ThreadAffinity
{
    /// <summary>Most processors that a mask has room for, as in glibc.</summary>
    public const int MaxProcessors = 1024;

    private const int BitsInWord = 64;
    private const int Words = MaxProcessors / BitsInWord;

    /// <summary>Restricts the calling thread to one of the processors that it may run on.</summary>
    /// <returns>Whether that is done.</returns>
    public static bool TryPin(int processor)
    {
        ulong* mask = stackalloc ulong[Words];
        new Span<ulong>(mask, Words).Clear();
        if ((uint)processor >= MaxProcessors)
            return false;
        mask[processor / BitsInWord] = 1ul << (processor % BitsInWord);
        return TrySet(mask);
    }

    /// <summary>The processors that the calling thread may run on, ascending; empty where they are unknown.</summary>
    public static int[] Allowed()
    {
        ulong* mask = stackalloc ulong[Words];
        if (!TryGet(mask))
            return [];
        var allowed = new List<int>();
        for (int processor = 0; processor < MaxProcessors; processor++)
        {
            if ((mask[processor / BitsInWord] >> (processor % BitsInWord) & 1) != 0)
                allowed.Add(processor);
        }
        return [.. allowed];
    }

    /// <summary>
    /// The processor that the calling thread runs on; −1 where that is unknown. (The runtime's own answer may be old.)
    /// </summary>
    public static int CurrentProcessor => OperatingSystem.IsLinux() ? GetProcessor() : -1;

    /// <summary>Lets the calling thread run on all of some processors but some.</summary>
    /// <param name="processors">The processors.</param>
    /// <param name="taken">Those among them to keep off.</param>
    /// <returns>Whether that is done; not where none would be left.</returns>
    public static bool TryKeepOff(ReadOnlySpan<int> processors, ReadOnlySpan<int> taken)
    {
        ulong* mask = stackalloc ulong[Words];
        new Span<ulong>(mask, Words).Clear();
        foreach (int processor in processors)
        {
            if (!taken.Contains(processor))
                mask[processor / BitsInWord] |= 1ul << (processor % BitsInWord);
        }
        return Count(mask) > 0 && TrySet(mask);
    }

    private static int Count(ulong* mask)
    {
        int count = 0;
        for (int word = 0; word < Words; word++)
            count += System.Numerics.BitOperations.PopCount(mask[word]);
        return count;
    }

    private static bool TryGet(ulong* mask)
    {
        new Span<ulong>(mask, Words).Clear();
        return OperatingSystem.IsLinux() && GetAffinity(0, Words * sizeof(ulong), mask) >= 0;
    }

    private static bool TrySet(ulong* mask) =>
        OperatingSystem.IsLinux() && SetAffinity(0, Words * sizeof(ulong), mask) == 0;

    [LibraryImport("libc", EntryPoint = "sched_getcpu")]
    [SuppressGCTransition]
    private static partial int GetProcessor();

    // Of the calling thread: the id 0.
    [LibraryImport("libc", EntryPoint = "sched_getaffinity")]
    private static partial int GetAffinity(int thread, nint bytes, ulong* mask);

    [LibraryImport("libc", EntryPoint = "sched_setaffinity")]
    private static partial int SetAffinity(int thread, nint bytes, ulong* mask);
}
