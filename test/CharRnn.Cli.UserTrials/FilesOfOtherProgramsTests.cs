using System.Buffers.Binary;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using CharRnn.Checkpoints;

namespace CharRnn.Cli.UserTrials;

/// <summary>
/// Safetensors files of other programs: large ones that are no model, and models with other types of weights than
/// CharRnn writes.
/// </summary>
public sealed class FilesOfOtherProgramsTests : IDisposable
{
    private const long Gibibyte = 1 << 30;
    private const long MaxAllocated = 16 << 20;

    private readonly TestShell _shell = new();

    public void Dispose() => _shell.Dispose();

    [Theory]
    [InlineData("F32", 4, "", "it has no metadata")]
    [InlineData("BF16", 2, "", "it has no metadata")]
    [InlineData("I8", 1, """ "__metadata__":{}, """, "it has no metadata")]
    [InlineData("F8_E4M3", 1, """ "__metadata__":{"author":"me"}, """, "its metadata says no format")]
    [InlineData("F32", 4, """ "__metadata__":{"format":"pt"}, """, "its metadata says format 'pt'")]
    public void ALargeFileThatIsNoModel_IsRefusedByItsHeader(string type, int size, string metadata, string said)
    {
        string path = Sparse(type, size, metadata, Gibibyte / 4);
        foreach (
            string[] command in new string[][]
            {
                ["inspect", path],
                ["sample", path],
                ["classify", "predict", path, "a"],
            }
        )
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            var outcome = _shell.Run(command);
            Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, MaxAllocated);
            Assert.Equal((3, ""), (outcome.ExitCode, outcome.Output));
            Assert.Contains(said, outcome.Error);
            Assert.DoesNotContain("not a sound", outcome.Error);
        }
    }

    [Fact]
    public void ATensorLargerThanAnyHere_IsNoReasonToCallTheFileUnsound()
    {
        string path = Sparse("F32", 4, "", 3 * Gibibyte);
        Assert.Contains("it has no metadata", _shell.Run("inspect", path).Error);
    }

    [Theory]
    [InlineData("F16")]
    [InlineData("BF16")]
    [InlineData("F64")]
    public void WeightsOfAnotherType_AreRead_AndInspectSaysSo(string type)
    {
        foreach (bool isClassifier in new[] { false, true })
        {
            string single = isClassifier
                ? ModelSurgery.Classifier(File("single.safetensors"))
                : ModelSurgery.LanguageModel(File("single.safetensors"));
            // Rounded to what each of the types can hold.
            ModelSurgery.Rewrite(
                single,
                single,
                tensor => Tensor.FromSingles(tensor.Name, [.. tensor.ToSingles().Select(Rounded)], [.. tensor.Shape])
            );
            string other = Retyped(single, File("other.safetensors"), type);

            string[] used = isClassifier
                ? ["classify", "predict", "--top", "3", "--json", "abcab"]
                : ["sample", "-n", "50", "--seed", "3"];
            Assert.Equal(_shell.Run([.. used, single]).Output, _shell.Run([.. used, other]).Output);
            Assert.Contains($"weights", _shell.Run("inspect", other).Output);
            Assert.Contains($"{type}, read as F32", _shell.Run("inspect", other).Output);
            Assert.DoesNotContain("read as", _shell.Run("inspect", single).Output);
            var json = JsonDocument.Parse(_shell.Run("inspect", other, "--json").Output).RootElement;
            Assert.Equal([type], json.GetProperty("dtypes").EnumerateArray().Select(name => name.GetString()));
        }
    }

    [Theory]
    [InlineData("I64", 8)]
    [InlineData("I16", 2)]
    [InlineData("U8", 1)]
    [InlineData("F8_E5M2", 1)]
    public void WeightsOfATypeThatIsNone_AreRefusedByItsName(string type, int size)
    {
        string model = Retyped(
            ModelSurgery.LanguageModel(File("single.safetensors")),
            File("other.safetensors"),
            type,
            size
        );
        foreach (string verb in new[] { "inspect", "sample" })
        {
            var outcome = _shell.Run(verb, model);
            Assert.Equal((3, ""), (outcome.ExitCode, outcome.Output));
            Assert.Contains($"embedding.weight holds {type}, which is no type of weights", outcome.Error);
        }
    }

    [Fact]
    public void NumbersTooLargeFor32Bits_AreToldAsInfinite()
    {
        string model = ModelSurgery.Rewrite(
            ModelSurgery.LanguageModel(File("single.safetensors")),
            File("wide.safetensors"),
            tensor =>
                tensor.Name == "head.bias"
                    ? Tensor.FromDoubles(
                        tensor.Name,
                        [.. tensor.ToSingles().Select((value, i) => i == 1 ? 1e300 : value)],
                        [.. tensor.Shape]
                    )
                    : tensor
        );
        Assert.Contains("a weight of head.bias, number 2 of 8, is infinite", _shell.Run("inspect", model).Error);
    }

    private string File(string name) => _shell.Folder.File(name);

    private static float Rounded(float value) =>
        (float)(Half)BitConverter.UInt32BitsToSingle(BitConverter.SingleToUInt32Bits(value) & 0xFFFF0000);

    /// <summary>A file whose data takes no room on the disk.</summary>
    private string Sparse(string type, int size, string metadata, long bytes)
    {
        string header =
            "{"
            + metadata
            + $$"""
                "w":{"dtype":"{{type}}","shape":[{{bytes / size}}],"data_offsets":[0,{{bytes}}]}
                """
            + "}";
        string path = File("large.safetensors");
        using var file = System.IO.File.Create(path);
        WriteHeader(file, header);
        file.SetLength(file.Position + bytes);
        return path;
    }

    /// <summary>The same numbers in another type, or zeros where it cannot hold them.</summary>
    private static string Retyped(string from, string to, string type, int size = 0)
    {
        var before = SafetensorsFile.Read(from);
        var header = new JsonObject
        {
            ["__metadata__"] = new JsonObject(
                before.Metadata.Select(pair => KeyValuePair.Create(pair.Key, (JsonNode?)pair.Value))
            ),
        };
        var data = new List<byte>();
        foreach (var tensor in before.Tensors.Values)
        {
            byte[] bytes = [.. tensor.ToSingles().SelectMany(value => BytesOf(value, type, size))];
            header[tensor.Name] = new JsonObject
            {
                ["dtype"] = type,
                ["shape"] = new JsonArray([.. tensor.Shape.Select(length => (JsonNode)length)]),
                ["data_offsets"] = new JsonArray(data.Count, data.Count + bytes.Length),
            };
            data.AddRange(bytes);
        }
        using var file = System.IO.File.Create(to);
        WriteHeader(file, header.ToJsonString());
        file.Write(data.ToArray());
        return to;
    }

    private static byte[] BytesOf(float value, string type, int size) =>
        type switch
        {
            "F64" => BitConverter.GetBytes((double)value),
            "F16" => BitConverter.GetBytes((Half)value),
            "BF16" => BitConverter.GetBytes((ushort)(BitConverter.SingleToUInt32Bits(value) >> 16)),
            _ => new byte[size],
        };

    private static void WriteHeader(FileStream file, string header)
    {
        byte[] text = Encoding.UTF8.GetBytes(header);
        byte[] length = new byte[sizeof(ulong)];
        BinaryPrimitives.WriteUInt64LittleEndian(length, (ulong)text.Length);
        file.Write(length);
        file.Write(text);
    }
}
