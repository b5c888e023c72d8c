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
            throw new ArgumentException(
                "a line of JSON holds a line break; write it without indentation",
                nameof(jsonLine)
            );
        try
        {
            using var file = new FileStream(
                path,
                FileMode.OpenOrCreate,
                FileAccess.Write,
                FileShare.ReadWrite,
                bufferSize: 0
            );
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

    /// <summary>
    /// Drops the lines of later steps and a last line that was torn by a kill; lines that stay keep their bytes.
    /// </summary>
    /// <returns>How many lines were dropped.</returns>
    public static int CutBackTo(string path, long step)
    {
        byte[] all = ReadOrEmpty(path);
        var kept = new MemoryStream(all.Length + 1);
        int dropped = 0;
        foreach (var line in LinesOf(all))
        {
            if (Belongs(path, line, all, step))
            {
                kept.Write(all.AsSpan(line.Bytes));
                kept.WriteByte((byte)'\n');
            }
            else
                dropped++;
        }
        if (dropped > 0 || kept.Length != all.Length)
            AtomicFile.Write(path, kept.WriteTo);
        return dropped;
    }

    /// <summary>
    /// All lines in their order; none where there is no file. A log may be read while it is written: a last line that
    /// is not whole is one that a trainer is about to end, or never will.
    /// </summary>
    /// <returns>The step of each line, and its object.</returns>
    /// <exception cref="ModelException">
    /// A line before the last is not a JSON object with a step, or the file cannot be read.
    /// </exception>
    public static List<(long Step, JsonElement Line)> Read(string path)
    {
        byte[] all = ReadOrEmpty(path);
        var read = new List<(long, JsonElement)>();
        foreach (var line in LinesOf(all))
        {
            if (TryParse(all.AsSpan(line.Bytes), out long step, out var parsed))
                read.Add((step, parsed));
            else if (!line.IsLast)
                throw NotALine(path, line.Number, "remove that line");
        }
        return read;
    }

    private static IEnumerable<(int Number, Range Bytes, bool IsLast)> LinesOf(byte[] all)
    {
        int number = 0;
        for (int begin = 0, next; begin < all.Length; begin = next)
        {
            int length = all.AsSpan(begin).IndexOf((byte)'\n');
            next = length < 0 ? all.Length : begin + length + 1;
            yield return (++number, begin..(length < 0 ? next : next - 1), next == all.Length);
        }
    }

    private static bool Belongs(string path, (int Number, Range Bytes, bool IsLast) line, byte[] all, long step)
    {
        if (TryParse(all.AsSpan(line.Bytes), out long lineStep, out _))
            return lineStep <= step;
        return line.IsLast
            ? false
            : throw NotALine(path, line.Number, "remove that line, or the file, and resume again");
    }

    /// <summary>Reads a line; false where it is not a JSON object with a step.</summary>
    public static bool TryParse(ReadOnlySpan<byte> line, out long step, out JsonElement parsed)
    {
        (step, parsed) = (0, default);
        var json = new Utf8JsonReader(line);
        try
        {
            parsed = JsonElement.ParseValue(ref json);
            bool whole = !line[(int)json.BytesConsumed..].ContainsAnyExcept(" \t\r"u8);
            return whole
                && parsed.ValueKind == JsonValueKind.Object
                && parsed.TryGetProperty("step", out var found)
                && found.ValueKind == JsonValueKind.Number
                && found.TryGetInt64(out step);
        }
        catch (JsonException)
        {
            return false;
        }
    }

    private static ModelException NotALine(string path, int number, string remedy) =>
        new($"{path} line {number} is not a JSON object with a whole-number step; {remedy}");

    private static byte[] ReadOrEmpty(string path)
    {
        try
        {
            return File.Exists(path) ? ReadAll(path) : [];
        }
        catch (Exception refusal) when (refusal is IOException or UnauthorizedAccessException)
        {
            throw new ModelException($"cannot read {path}: {OneLine.Reason(refusal)}", refusal);
        }
    }

    // A trainer may be adding a line: a reader must neither be refused nor, on Windows, keep it from writing.
    private static byte[] ReadAll(string path)
    {
        using var file = new FileStream(
            path,
            FileMode.Open,
            FileAccess.Read,
            FileShare.ReadWrite | FileShare.Delete,
            bufferSize: 0
        );
        var all = new MemoryStream();
        file.CopyTo(all);
        return all.ToArray();
    }
}
