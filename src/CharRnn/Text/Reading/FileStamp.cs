using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace CharRnn.Datasets;

/// <summary>
/// Stamp of a file's state, to detect changes without reading the file. On Linux it has, beside length and time of
/// modification, the file's number and the time of its last change of any kind, which only the system sets: a rewrite
/// is detected even if length and modification time were restored. Elsewhere samples of the content take its place.
/// </summary>
/// <param name="Length">Bytes.</param>
/// <param name="Modified">Time of the last modification, nanoseconds since 1970.</param>
/// <param name="Changed">
/// Time of the last change of content, name, owner or permissions, in the same unit; that of the modification if the
/// system does not provide it.
/// </param>
/// <param name="Number">The file's number in its file system (inode); 0 if the system does not provide it.</param>
/// <param name="Samples">SHA-256 of samples of the content; empty if not needed.</param>
internal sealed partial record FileStamp(long Length, long Modified, long Changed, ulong Number, string Samples)
{
    private const int SampleCount = 64,
        SampleBytes = 4096;
    private const long NanosecondsPerSecond = 1_000_000_000,
        NanosecondsPerTick = 100;

    /// <summary>
    /// Resolution of the file's times: file systems that count whole seconds have steps of up to two.
    /// </summary>
    private TimeSpan TimeStep =>
        Changed % NanosecondsPerSecond == 0 ? TimeSpan.FromSeconds(2) : TimeSpan.FromMilliseconds(20);

    /// <summary>The stamp of a file; null if it is no regular file or cannot be examined.</summary>
    public static FileStamp? Of(string path)
    {
        try
        {
            return OperatingSystem.IsLinux() && Linux.IsOffered ? Linux.StampOf(path) : WithSamples(path);
        }
        catch (Exception refusal) when (refusal is IOException or UnauthorizedAccessException or ArgumentException)
        {
            return null;
        }
    }

    /// <summary>A stamp of what any system provides, and samples.</summary>
    internal static FileStamp WithSamples(string path)
    {
        using var file = new FileStream(
            path,
            FileMode.Open,
            FileAccess.Read,
            FileShare.ReadWrite | FileShare.Delete,
            bufferSize: 0
        );
        long modified = (File.GetLastWriteTimeUtc(file.SafeFileHandle) - DateTime.UnixEpoch).Ticks * NanosecondsPerTick;
        return new FileStamp(file.Length, modified, modified, Number: 0, SamplesOf(file));
    }

    /// <summary>
    /// Waits until any later change of the file must have another time: at most two seconds, and only if the file
    /// changed a moment ago.
    /// </summary>
    public void WaitForNextTime()
    {
        var age = DateTime.UtcNow - DateTime.UnixEpoch.AddTicks(Changed / NanosecondsPerTick);
        if (age >= TimeSpan.Zero && age < TimeStep)
            Thread.Sleep(TimeStep - age);
    }

    private static string SamplesOf(FileStream file)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        byte[] sample = new byte[SampleBytes];
        long span = Math.Max(file.Length - SampleBytes, 0);
        for (int i = 0; i < SampleCount; i++)
        {
            int read = RandomAccess.Read(file.SafeFileHandle, sample, (long)((Int128)span * i / (SampleCount - 1)));
            hash.AppendData(sample, 0, read);
        }
        return Convert.ToHexStringLower(hash.GetCurrentHash());
    }

    /// <summary>
    /// The system call statx, whose answer is laid out the same on every processor; .NET gives no access to the time of
    /// change.
    /// </summary>
    private static partial class Linux
    {
        private const int FromWorkingFolder = -100;
        private const uint BasicFields = 0x7FF;
        private const int AnswerBytes = 256;
        private const int ModeAt = 28,
            NumberAt = 32,
            LengthAt = 40,
            ChangedAt = 96,
            ModifiedAt = 112,
            NanosecondsAt = 8;
        private const int KindMask = 0xF000,
            RegularFile = 0x8000;

        /// <summary>Whether the C library and the kernel provide it, as recent ones do.</summary>
        public static bool IsOffered { get; } = Probe();

        public static FileStamp? StampOf(string path)
        {
            Span<byte> answer = stackalloc byte[AnswerBytes];
            if (StatX(FromWorkingFolder, path, 0, BasicFields, ref MemoryMarshal.GetReference(answer)) < 0)
                return null;
            return (MemoryMarshal.Read<ushort>(answer[ModeAt..]) & KindMask) != RegularFile
                ? null
                : new FileStamp(
                    MemoryMarshal.Read<long>(answer[LengthAt..]),
                    Time(answer[ModifiedAt..]),
                    Time(answer[ChangedAt..]),
                    MemoryMarshal.Read<ulong>(answer[NumberAt..]),
                    Samples: ""
                );
        }

        private static long Time(ReadOnlySpan<byte> time) =>
            (MemoryMarshal.Read<long>(time) * NanosecondsPerSecond) + MemoryMarshal.Read<uint>(time[NanosecondsAt..]);

        private static bool Probe()
        {
            try
            {
                return StatX(
                        FromWorkingFolder,
                        "/",
                        0,
                        BasicFields,
                        ref MemoryMarshal.GetReference(new byte[AnswerBytes].AsSpan())
                    ) == 0;
            }
            catch (EntryPointNotFoundException)
            {
                return false;
            }
        }

        [LibraryImport("libc", EntryPoint = "statx", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
        private static partial int StatX(int folder, string path, int flags, uint fields, ref byte answer);
    }
}
