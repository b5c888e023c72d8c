using System.Text;
using System.Text.Json;

namespace CharRnn.Checkpoints;

/// <summary>A log of one JSON object a line, each with the training step it belongs to.</summary>
internal static class JsonLines
{
    /// <summary>Adds one line and hands it to the system; when that fails, the file is left as it was.</summary>
    public static void Append(string path, string jsonLine)
    {
        if (jsonLine.AsSpan().ContainsAny('\n', '\r'))
            throw new ArgumentException("a line of JSON holds a line break; write it without indentation", nameof(jsonLine));
        try
        {
            using var file = new FileStream(path, FileMode.OpenOrCreate, FileAccess.Write, FileShare.ReadWrite, bufferSize: 0);
            long end = file.Length;
            file.Position = end;
            try
            {
                file.Write(Encoding.UTF8.GetBytes(jsonLine + "\n"));
            }
            catch (IOException)
            {
                if (end < file.Length)
                    file.SetLength(end);
                throw;
            }
        }
        catch (Exception refusal) when (refusal is IOException or UnauthorizedAccessException)
        {
            throw new CharRnnException($"cannot write {path}: {OneLine.Reason(refusal)}", refusal);
        }
    }

    /// <summary>Drops the lines of later steps and a last line that was torn by a kill; lines that stay keep their bytes.</summary>
    /// <returns>How many lines were dropped.</returns>
    public static int CutBackTo(string path, long step)
    {
        byte[] all = ReadOrEmpty(path);
        var kept = new MemoryStream(all.Length + 1);
        int dropped = 0;
        int number = 0;
        for (int begin = 0, next; begin < all.Length; begin = next)
        {
            int length = all.AsSpan(begin).IndexOf((byte)'\n');
            next = length < 0 ? all.Length : begin + length + 1;
            ReadOnlySpan<byte> line = all.AsSpan(begin..(length < 0 ? next : next - 1));
            number++;
            if (Belongs(path, number, line, step, isLast: next == all.Length))
            {
                kept.Write(line);
                kept.WriteByte((byte)'\n');
            }
            else
                dropped++;
        }
        if (dropped > 0 || kept.Length != all.Length)
            AtomicFile.Write(path, kept.WriteTo);
        return dropped;
    }

    private static bool Belongs(string path, int number, ReadOnlySpan<byte> line, long step, bool isLast)
    {
        var json = new Utf8JsonReader(line);
        try
        {
            using JsonDocument parsed = JsonDocument.ParseValue(ref json);
            bool whole = !line[(int)json.BytesConsumed..].ContainsAnyExcept(" \t\r"u8);
            if (whole && parsed.RootElement.ValueKind == JsonValueKind.Object
                && parsed.RootElement.TryGetProperty("step", out JsonElement found)
                && found.ValueKind == JsonValueKind.Number && found.TryGetInt64(out long lineStep))
                return lineStep <= step;
        }
        catch (JsonException)
        {
        }
        return isLast
            ? false
            : throw new ModelException($"{path} line {number} is not a JSON object with a whole-number step; remove that line, or the file, and resume again");
    }

    private static byte[] ReadOrEmpty(string path)
    {
        try
        {
            return File.Exists(path) ? File.ReadAllBytes(path) : [];
        }
        catch (Exception refusal) when (refusal is IOException or UnauthorizedAccessException)
        {
            throw new ModelException($"cannot read {path}: {OneLine.Reason(refusal)}", refusal);
        }
    }
}
