using System.Buffers.Binary;

namespace CharRnn.Checkpoints;

/// <summary>
/// One safetensors file: tensors by name, and text by key. What is open has its header in memory, and reads a tensor's
/// numbers when they are asked for, so that a file that is no model costs its header alone. The format
/// (https://github.com/huggingface/safetensors): the header's length as 64 little-endian bits, the header as JSON, then
/// the tensors' bytes, one after another.
/// </summary>
internal sealed class SafetensorsFile : IDisposable
{
    private readonly string _path;
    private readonly FileStream? _file;

    private SafetensorsFile(
        string path,
        FileStream? file,
        IReadOnlyDictionary<string, Tensor> tensors,
        IReadOnlyDictionary<string, string> metadata
    )
    {
        (_path, _file) = (path, file);
        Tensors = tensors;
        Metadata = metadata;
    }

    /// <summary>The file's text by key (the header's <c>__metadata__</c>); empty where it has none.</summary>
    public IReadOnlyDictionary<string, string> Metadata { get; }

    /// <summary>The file's tensors by name.</summary>
    public IReadOnlyDictionary<string, Tensor> Tensors { get; }

    /// <summary>The tensor of that name.</summary>
    /// <exception cref="ModelException">The file has none.</exception>
    public Tensor Require(string name) =>
        Tensors.TryGetValue(name, out var tensor)
            ? tensor
            : throw new ModelException(
                $"{_path} holds no tensor {OneLine.Quote(name)} among its {Tensors.Count}; it was made by another "
                    + "program or for another purpose"
            );

    /// <summary>The metadata under that key.</summary>
    /// <exception cref="ModelException">The file has none.</exception>
    public string RequireMetadata(string key) =>
        Metadata.TryGetValue(key, out string? text)
            ? text
            : throw new ModelException(
                $"{_path} holds no metadata {OneLine.Quote(key)}; it was made by another program or for another purpose"
            );

    /// <summary>
    /// Opens a file, and holds its header to every rule of the format: the header's length, its JSON and its keys (none
    /// twice), the kinds of number, shapes against bytes, and bytes without gap, overlap or rest. A header whose length
    /// is no multiple of 8 is read, as the format allows.
    /// </summary>
    /// <param name="path">The file.</param>
    /// <exception cref="ModelException">
    /// The file cannot be read or breaks a rule; the message names the path, what was found and what is needed.
    /// </exception>
    public static SafetensorsFile Open(string path)
    {
        RequireLittleEndian();
        FileStream? file = null;
        try
        {
            file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            return Open(path, file);
        }
        catch (Exception refusal)
        {
            file?.Dispose();
            if (refusal is IOException or UnauthorizedAccessException)
                throw Unreadable(path, refusal);
            throw;
        }
    }

    /// <summary>Reads a whole file: as <see cref="Open(string)"/>, with all numbers in memory and nothing left open.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="ModelException">As of <see cref="Open(string)"/>.</exception>
    public static SafetensorsFile Read(string path)
    {
        using var file = Open(path);
        return new SafetensorsFile(
            path,
            file: null,
            file.Tensors.ToDictionary(pair => pair.Key, pair => pair.Value.InMemory(), StringComparer.Ordinal),
            file.Metadata
        );
    }

    /// <summary>Closes the file; numbers that were not asked for cannot be read any more.</summary>
    public void Dispose() => _file?.Dispose();

    /// <summary>
    /// Writes a file through <see cref="AtomicFile"/>. The bytes depend on the arguments alone, whatever their order:
    /// metadata sorted by key; tensors sorted by name, those of wide numbers first, so that each tensor is aligned for
    /// readers that map the file.
    /// </summary>
    /// <param name="path">The file; one that exists is replaced.</param>
    /// <param name="tensors">The tensors, each name once.</param>
    /// <param name="metadata">Text by key; an empty one is left out.</param>
    /// <exception cref="ModelException">
    /// A name comes twice, a text is not well-formed, or the header would pass 100,000,000 bytes.
    /// </exception>
    /// <exception cref="CharRnnException">The file cannot be written.</exception>
    public static void Write(string path, IEnumerable<Tensor> tensors, IReadOnlyDictionary<string, string> metadata)
    {
        RequireLittleEndian();
        List<Tensor> ordered =
        [
            .. tensors
                .OrderByDescending(tensor => tensor.Type.Size())
                .ThenBy(tensor => tensor.Name, StringComparer.Ordinal),
        ];
        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (var tensor in ordered)
        {
            if (!names.Add(tensor.Name))
                throw new ModelException(
                    $"{path} would hold the tensor {OneLine.Quote(tensor.Name)} twice; each name may come once"
                );
        }
        byte[] header = SafetensorsHeader.Format(ordered, metadata);
        if (header.Length > SafetensorsHeader.MaxHeaderLength)
            throw new ModelException(
                $"{path} would have a header of {header.Length} bytes; the format allows "
                    + $"{SafetensorsHeader.MaxHeaderLength}"
            );

        AtomicFile.Write(
            path,
            file =>
            {
                Span<byte> length = stackalloc byte[SafetensorsHeader.Alignment];
                BinaryPrimitives.WriteUInt64LittleEndian(length, (ulong)header.Length);
                file.Write(length);
                file.Write(header);
                float[] scratch = [];
                foreach (var tensor in ordered)
                    tensor.WriteTo(file, ref scratch);
            }
        );
    }

    private static SafetensorsFile Open(string path, FileStream file)
    {
        if (!file.CanSeek)
            throw new ModelException($"{path} is a pipe or a device; a model needs a file: save it to one first");
        (var entries, var metadata) = ReadHeader(path, file);
        long dataStart = file.Position;
        var tensors = new Dictionary<string, Tensor>(entries.Count, StringComparer.Ordinal);
        foreach (var entry in entries)
            tensors.Add(entry.Name, new Tensor(entry, bytes => ReadData(path, file, dataStart + entry.Begin, bytes)));
        return new SafetensorsFile(path, file, tensors, metadata);
    }

    private static void ReadData(string path, FileStream file, long start, Span<byte> bytes)
    {
        try
        {
            file.Position = start;
            file.ReadExactly(bytes);
        }
        catch (IOException refusal)
        {
            throw Unreadable(path, refusal);
        }
    }

    private static ModelException Unreadable(string path, Exception refusal) =>
        new($"cannot read the model {path}: {OneLine.Reason(refusal)}", refusal);

    private static (List<SafetensorsEntry>, Dictionary<string, string>) ReadHeader(string path, FileStream file)
    {
        if (ForeignFile.Recognize(file) is string kind)
            throw new ModelException(
                $"{path} is {kind}; a model is a safetensors file, such as model.safetensors in a run folder"
            );
        Span<byte> prefix = stackalloc byte[SafetensorsHeader.Alignment];
        file.ReadExactly(prefix);
        ulong announced = BinaryPrimitives.ReadUInt64LittleEndian(prefix);
        long left = file.Length - prefix.Length;
        if (announced > SafetensorsHeader.MaxHeaderLength)
            throw SafetensorsHeader.Broken(
                path,
                $"a header of {announced} bytes is announced",
                $"{SafetensorsHeader.MaxHeaderLength} at most"
            );
        if (announced > (ulong)left)
            throw SafetensorsHeader.Broken(
                path,
                $"the file is cut short: a header of {announced} bytes is announced and {left} are left",
                "the whole file; copy or save it again"
            );

        byte[] header = new byte[announced];
        file.ReadExactly(header);
        if (header is not [(byte)'{', ..])
            throw SafetensorsHeader.Broken(
                path,
                header.Length == 0 ? "the header is empty" : $"the header begins with byte 0x{header[0]:x2}",
                "a brace"
            );
        return SafetensorsHeader.Parse(path, header, left - header.Length);
    }

    // Tensors go to the file as they lie in memory.
    private static void RequireLittleEndian()
    {
        if (!BitConverter.IsLittleEndian)
            throw new CharRnnException(
                "safetensors files are little-endian and this machine is big-endian; use a little-endian one"
            );
    }
}
