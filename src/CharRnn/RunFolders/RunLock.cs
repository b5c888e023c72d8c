using System.Diagnostics;
using System.Globalization;
using System.Text;

namespace CharRnn.Checkpoints;

/// <summary>
/// <c>run.lock</c>, held while a trainer owns a run. What counts is the system's lock on the open file, not the file: a
/// killed trainer leaves the file behind and the run free. The file holds the owner's process number, for
/// information.
/// </summary>
internal sealed class RunLock : IDisposable
{
    private readonly FileStream _file;

    private RunLock(FileStream file) => _file = file;

    /// <summary>
    /// Takes the run for this process, and removes the temporary files that a killed owner left in it.
    /// </summary>
    /// <param name="folder">The run.</param>
    /// <exception cref="CharRnnException">
    /// Another trainer owns the run (the message names its process), or the folder cannot be written.
    /// </exception>
    public static RunLock Acquire(RunFolder folder)
    {
        try
        {
            var file = Open(folder.LockPath);
            try
            {
                folder.RemoveTemporaries();
                SignWithProcessNumber(file);
                return new RunLock(file);
            }
            catch
            {
                file.Dispose();
                throw;
            }
        }
        catch (IOException refusal) when (IsHeldByAnother(refusal.HResult))
        {
            throw new CharRnnException(
                $"the run {folder.Path} is being trained by "
                    + $"{(OwnerProcess(folder.LockPath) is { } owner ? $"process {owner}" : "another process")}; wait "
                    + "for it to end, or give 'RunFolder.Create' another folder",
                refusal
            );
        }
        catch (Exception refusal) when (refusal is IOException or UnauthorizedAccessException)
        {
            throw new CharRnnException($"cannot write {folder.LockPath}: {OneLine.Reason(refusal)}", refusal);
        }
    }

    /// <summary>The process that owns the run; null where none does.</summary>
    public static int? Owner(RunFolder folder)
    {
        try
        {
            Acquire(folder).Dispose();
            return null;
        }
        catch (CharRnnException)
        {
            return OwnerProcess(folder.LockPath);
        }
    }

    /// <summary>
    /// Whether a trainer seems to own the run: the process that <c>run.lock</c> names is alive. For a look from
    /// outside, which takes no lock itself and so stands in no trainer's way; to train, use
    /// <see cref="Acquire"/>.
    /// </summary>
    public static bool SeemsHeld(RunFolder folder)
    {
        if (OwnerProcess(folder.LockPath) is not { } number)
            return false;
        try
        {
            using var owner = Process.GetProcessById(number);
            return true;
        }
        catch (ArgumentException)
        {
            return false;
        }
    }

    /// <summary>Gives the run back and deletes the file.</summary>
    public void Dispose() => _file.Dispose();

    // DeleteOnClose makes .NET delete the file before it lets go of the lock, and makes an opener check that the file
    // it has locked is still the one of that name; otherwise two trainers could each hold a lock, one of them on a
    // deleted file.
    private static FileStream Open(string path) =>
        new(
            path,
            new FileStreamOptions
            {
                Mode = FileMode.OpenOrCreate,
                Access = FileAccess.ReadWrite,
                // Windows would refuse even a look at the process number; there, sharing for reading still keeps a
                // second writer out.
                Share = OperatingSystem.IsWindows() ? FileShare.Read : FileShare.None,
                Options = FileOptions.DeleteOnClose,
                BufferSize = 0,
            }
        );

    // For information, and no more: a full disk must not keep an owner from a run.
    private static void SignWithProcessNumber(FileStream file)
    {
        try
        {
            file.SetLength(0);
            file.Write(
                Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{Environment.ProcessId}\n"))
            );
        }
        catch (IOException) { }
    }

    private static bool IsHeldByAnother(int code)
    {
        const int wouldBlockOnLinux = 11,
            wouldBlockOnMacOs = 35,
            sharingViolation = unchecked((int)0x80070020);
        return code is wouldBlockOnLinux or wouldBlockOnMacOs or sharingViolation;
    }

    // Null where the owner ended between our two looks, or could not sign.
    private static int? OwnerProcess(string path)
    {
        try
        {
            using var reader = new StreamReader(DirectoryFlush.OpenDespiteLock(path), Encoding.ASCII);
            string text = reader.ReadToEnd().Trim();
            return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int process)
                ? process
                : null;
        }
        catch (Exception refusal) when (refusal is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
