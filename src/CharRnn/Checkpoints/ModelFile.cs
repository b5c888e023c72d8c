using System.Buffers;
using System.Buffers.Binary;
using System.Text;

namespace CharRnn.Checkpoints;

/// <summary>A model as it is named: a run folder, or one safetensors file.</summary>
internal static class ModelFile
{
    /// <summary>
    /// The safetensors file that <paramref name="path"/> means: the file itself, or the <c>model.safetensors</c> of a
    /// run folder.
    /// </summary>
    /// <exception cref="ModelException">There is nothing there, or something that is no model.</exception>
    public static string Resolve(string path)
    {
        if (Directory.Exists(path))
        {
            string model = Path.Combine(path, RunFolder.ModelName);
            if (File.Exists(model))
                return model;
            throw new ModelException(
                File.Exists(Path.Combine(path, RunFolder.ConfigName))
                    ? $"the run {path} holds no {RunFolder.ModelName} yet; start it again with 'Trainer.Resume', or "
                        + "name one of its checkpoints"
                    : $"the folder {path} is not a run: it holds no {RunFolder.ModelName}; name a folder that "
                        + "training made, or a safetensors file"
            );
        }
        if (!File.Exists(path))
            throw new ModelException(
                $"there is no model {path}; name a run folder that training made, or a safetensors file"
            );
        return path;
    }
}

/// <summary>
/// Recognizer of files that are no safetensors files, by their first bytes, so that a message can name the kind.
/// </summary>
internal static class ForeignFile
{
    private const int BytesLookedAt = 512;

    /// <summary>
    /// A name for the file's kind, or null when it may be a safetensors file. The stream is left at its start.
    /// </summary>
    public static string? Recognize(FileStream file)
    {
        Span<byte> start = stackalloc byte[BytesLookedAt];
        start = start[..file.ReadAtLeast(start, BytesLookedAt, throwOnEndOfStream: false)];
        file.Position = 0;
        if (start.Length == 0)
            return "empty";
        if (LooksLikeSafetensors(start))
            return null;
        if (start.StartsWith("PK\u0003\u0004"u8))
            return start.IndexOf("/data.pkl"u8) >= 0
                ? "a PyTorch file (torch.save): export its weights to safetensors first"
                : "a zip archive";
        if (start is [0x80, >= 2 and <= 5, ..])
            return "a Python pickle (an old PyTorch file?): export its weights to safetensors first";
        if (start.StartsWith("GGUF"u8))
            return "a GGUF file";
        if (start is [0x89, (byte)'H', (byte)'D', (byte)'F', ..])
            return "an HDF5 file";
        if (start is [0x93, (byte)'N', (byte)'U', (byte)'M', (byte)'P', (byte)'Y', ..])
            return "a NumPy array";
        if (start is [0x1f, 0x8b, ..])
            return "a gzip archive";
        if (LooksLikeText(start))
            return "a text file";
        return start.Length <= SafetensorsHeader.Alignment ? $"only {start.Length} bytes long" : null;
    }

    private static bool LooksLikeSafetensors(ReadOnlySpan<byte> start) =>
        start.Length > SafetensorsHeader.Alignment
        && start[SafetensorsHeader.Alignment] == (byte)'{'
        && BinaryPrimitives.ReadUInt64LittleEndian(start) <= SafetensorsHeader.MaxHeaderLength;

    private static bool LooksLikeText(ReadOnlySpan<byte> start)
    {
        while (start.Length > 0)
        {
            var status = Rune.DecodeFromUtf8(start, out var rune, out int length);
            if (status == OperationStatus.NeedMoreData)
                return true;
            if (
                status != OperationStatus.Done
                || Rune.IsControl(rune) && rune.Value is not ('\n' or '\r' or '\t' or '\f')
            )
                return false;
            start = start[length..];
        }
        return true;
    }
}
