using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace CharRnn.Checkpoints;

/// <summary>
/// Saving a file so that a reader, or a machine that comes back after a power cut, finds the old one or the new one and
/// never a part:
/// a temporary file in the same folder, flushed to disk, renamed over the old one, and the folder flushed.
/// </summary>
internal static class AtomicFile
{
    /// <summary>Suffix of temporary files; a killed program may leave one behind.</summary>
    internal const string TemporarySuffix = ".tmp";

    private const int BufferSize = 1 << 16;

    /// <summary>Writes the file, or leaves what was there untouched and no temporary file.</summary>
    /// <param name="path">The file, in a folder that exists; a symbolic link is followed.</param>
    /// <param name="write">
    /// Writes the content; what it throws, unless it is a failure of the disk, comes out as it is.
    /// </param>
    /// <exception cref="SettingsException">The path is empty.</exception>
    /// <exception cref="CharRnnException">
    /// The file cannot be written: the disk is full, permission is denied, the folder is missing.
    /// </exception>
    public static void Write(string path, Action<Stream> write)
    {
        if (path.Length == 0)
            throw new SettingsException("the name of the file to write is empty; give one");
        try
        {
            Replace(FinalTarget(path), write);
        }
        catch (Exception refusal) when (refusal is IOException or UnauthorizedAccessException)
        {
            throw new CharRnnException($"cannot write {path}: {OneLine.Reason(refusal)}", refusal);
        }
    }

    private static void Replace(string target, Action<Stream> write)
    {
        // The name is never used twice, so that two programs saving the same file cannot write into one temporary.
        string temporary = $"{target}.{Guid.NewGuid():N}{TemporarySuffix}";
        try
        {
            using (
                var file = new FileStream(temporary, FileMode.CreateNew, FileAccess.Write, FileShare.None, BufferSize)
            )
            {
                write(file);
                file.Flush(flushToDisk: true);
            }
            File.Move(temporary, target, overwrite: true);
        }
        catch
        {
            TryDelete(temporary);
            throw;
        }
        DirectoryFlush.Flush(Path.GetDirectoryName(Path.GetFullPath(target))!);
    }

    private static string FinalTarget(string path) =>
        new FileInfo(path).LinkTarget is null
            ? path
            : File.ResolveLinkTarget(path, returnFinalTarget: true)?.FullName ?? path;

    // The failure that brought us here is the one worth telling.
    private static void TryDelete(string path)
    {
        try
        {
            File.Delete(path);
        }
        catch (Exception refusal) when (refusal is IOException or UnauthorizedAccessException) { }
    }
}

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
    /// Opens a file for reading though it may be locked: on Unix .NET's own streams ask for a shared lock and would be
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
