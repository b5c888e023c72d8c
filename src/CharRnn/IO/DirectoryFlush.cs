using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace CharRnn.Checkpoints;

/// <summary>
/// The few things about files that .NET does not offer on Unix: flushing a folder to disk, without which a rename may
/// be lost with the power, and opening a file without asking for a lock on it.
/// </summary>
internal static partial class DirectoryFlush
{
    private const int ReadOnly = 0;

    // File systems that cannot flush a folder say one of these: EACCES, EINVAL, EROFS, ENOTSUP on Linux and on macOS.
    private static readonly int[] NotOffered = [13, 22, 30, 95, 45];

    /// <summary>Makes renames in the folder last; does nothing on Windows, where the file system sees to it.</summary>
    /// <exception cref="IOException">The disk failed.</exception>
    public static void Flush(string folder)
    {
        if (OperatingSystem.IsWindows())
            return;
        int descriptor = Open(folder, ReadOnly);
        if (descriptor < 0)
        {
            ThrowUnlessNotOffered(folder);
            return;
        }
        try
        {
            if (FSync(descriptor) < 0)
                ThrowUnlessNotOffered(folder);
        }
        finally
        {
            _ = Close(descriptor);
        }
    }

    /// <summary>
    /// Opens a file for reading, whoever has locked it: on Unix .NET's own streams ask for a shared lock and would be
    /// refused.
    /// </summary>
    /// <exception cref="IOException">The file cannot be opened.</exception>
    public static FileStream OpenDespiteLock(string path)
    {
        if (OperatingSystem.IsWindows())
            return new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        int descriptor = Open(path, ReadOnly);
        if (descriptor < 0)
            throw new IOException(Marshal.GetPInvokeErrorMessage(Marshal.GetLastPInvokeError()));
        return new FileStream(new SafeFileHandle(descriptor, ownsHandle: true), FileAccess.Read);
    }

    private static void ThrowUnlessNotOffered(string folder)
    {
        int error = Marshal.GetLastPInvokeError();
        if (!NotOffered.Contains(error))
            throw new IOException(
                $"the folder {folder} cannot be flushed to disk: {Marshal.GetPInvokeErrorMessage(error)}",
                error
            );
    }

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    private static partial int FSync(int descriptor);

    [LibraryImport("libc", EntryPoint = "close")]
    private static partial int Close(int descriptor);
}
