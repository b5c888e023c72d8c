using System.Buffers.Binary;
using System.Text;
using CharRnn.Checkpoints;

namespace CharRnn.Tests;

public sealed class SafetensorsFileTests : IDisposable
{
    private const string OneTensor = """{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}""";

    private readonly ScratchFolder _scratch = new();

    public void Dispose() => _scratch.Dispose();

    [Fact]
    public void Read_AfterWrite_GivesEveryNumberAndTextBack()
    {
        string path = _scratch["all.safetensors"];
        SafetensorsFile.Write(
            path,
            [
                Tensor.FromSingles(
                    "singles",
                    [1.5f, -0f, float.NaN, float.MinValue, float.Epsilon, float.PositiveInfinity],
                    2,
                    3
                ),
                Tensor.FromDoubles("doubles", [Math.PI, double.NaN], 2, 1),
                Tensor.FromInt32s("ints", [int.MinValue, 7], 2),
                Tensor.FromInt64s("step", [long.MaxValue]),
                Tensor.FromBytes("bytes", [0, 255, 10], 3),
                Tensor.FromSingles("none", [], 0, 5),
            ],
            new Dictionary<string, string> { ["vocabulary"] = "\n \"\\łé🐉\u2028\0", ["empty"] = "" }
        );

        var read = SafetensorsFile.Read(path);

        Assert.Equal(6, read.Tensors.Count);
        Assert.Equal(
            [1.5f, -0f, float.NaN, float.MinValue, float.Epsilon, float.PositiveInfinity],
            read.Require("singles").ToSingles()
        );
        Assert.True(float.IsNegative(read.Require("singles").ToSingles()[1]));
        Assert.Equal([2, 3], read.Require("singles").Shape);
        Assert.Equal([Math.PI, double.NaN], read.Require("doubles").ToDoubles());
        Assert.Equal([int.MinValue, 7], read.Require("ints").ToInt32s());
        Assert.Equal([long.MaxValue], read.Require("step").ToInt64s());
        Assert.Empty(read.Require("step").Shape);
        Assert.Equal([0, 255, 10], read.Require("bytes").ToBytes());
        Assert.Equal([0, 5], read.Require("none").Shape);
        Assert.Equal("\n \"\\łé🐉\u2028\0", read.RequireMetadata("vocabulary"));
        Assert.Equal("", read.Metadata["empty"]);
    }

    [Fact]
    public void Write_WhateverTheOrderOfItsArguments_GivesTheseBytes()
    {
        // Wide numbers first, then by name; metadata by key; spaces up to a multiple of 8.
        const string header =
            """{"__metadata__":{"a":"é","b":"2"},"s":{"dtype":"I64","shape":[],"data_offsets":[0,8]},"a":{"dtype":"F32","shape":[1,2],"data_offsets":[8,16]},"b":{"dtype":"U8","shape":[3],"data_offsets":[16,19]}}""";
        byte[] json = Encoding.UTF8.GetBytes(header);
        byte[] padded = [.. json, .. Enumerable.Repeat((byte)' ', (8 - json.Length % 8) % 8)];
        Assert.NotEqual(json.Length, padded.Length);
        byte[] golden =
        [
            (byte)padded.Length,
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            .. padded,
            2,
            1,
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            128,
            63,
            0,
            0,
            0,
            192,
            1,
            2,
            3,
        ];
        Tensor[] tensors =
        [
            Tensor.FromBytes("b", [1, 2, 3], 3),
            Tensor.FromSingles("a", [1f, -2f], 1, 2),
            Tensor.FromInt64s("s", [258]),
        ];

        SafetensorsFile.Write(_scratch["one"], tensors, new Dictionary<string, string> { ["b"] = "2", ["a"] = "é" });
        SafetensorsFile.Write(
            _scratch["two"],
            tensors.Reverse(),
            new Dictionary<string, string> { ["a"] = "é", ["b"] = "2" }
        );

        Assert.Equal(golden, File.ReadAllBytes(_scratch["one"]));
        Assert.Equal(golden, File.ReadAllBytes(_scratch["two"]));
    }

    [Fact]
    public void Read_ForeignWriters_MayOrderAndSpaceTheHeaderAsTheyLike()
    {
        string path = WriteRaw(
            """{ "b" : {"data_offsets":[8,16],"shape":[2],"dtype":"F32"},"a":{"dtype":"I64","shape":[1],"data_offsets":[0,8]}, "__metadata__":{}}""",
            16
        );
        Assert.Equal(2, SafetensorsFile.Read(path).Tensors.Count);
    }

    [Fact]
    public void Read_OfAFileWithoutTensors_IsEmpty() => Assert.Empty(SafetensorsFile.Read(WriteRaw("{}", 0)).Tensors);

    [Theory]
    [InlineData("""[1]""", 0, "a brace")]
    [InlineData(""" {}""", 0, "a brace")]
    [InlineData("""{""", 0, "not JSON")]
    [InlineData("""{}x""", 0, "closing brace")]
    [InlineData("{}\n", 0, "closing brace")]
    [InlineData("""{"a":[]}""", 0, "StartArray")]
    [InlineData("""{"a":{"dtype":"F32","shape":[[2]],"data_offsets":[0,8]}}""", 8, "nested too deep")]
    [InlineData(
        """{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"a":{"dtype":"F32","shape":[2],"data_offsets":[8,16]}}""",
        16,
        "'a' comes twice"
    )]
    [InlineData("""{"a":{"dtype":"F32","dtype":"F32","shape":[2],"data_offsets":[0,8]}}""", 8, "dtype twice")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"shape":[2],"data_offsets":[0,8]}}""", 8, "shape twice")]
    [InlineData(
        """{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8],"data_offsets":[0,8]}}""",
        8,
        "data_offsets twice"
    )]
    [InlineData("""{"__metadata__":{"k":"1","k":"2"}}""", 0, "'k' comes twice")]
    [InlineData("""{"__metadata__":{},"__metadata__":{}}""", 0, "__metadata__ comes twice")]
    [InlineData("""{"__metadata__":{"k":1}}""", 0, "Number; needed: String")]
    [InlineData("""{"__metadata__":"k"}""", 0, "needed: StartObject")]
    [InlineData("""{"a\ud800":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}""", 8, "not well-formed")]
    [InlineData("""{"":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}""", 8, "incomplete")]
    [InlineData("""{"a":{"shape":[2],"data_offsets":[0,8]}}""", 8, "incomplete")]
    [InlineData("""{"a":{"dtype":"F32","data_offsets":[0,8]}}""", 8, "incomplete")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2]}}""", 8, "incomplete")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8,8]}}""", 8, "incomplete")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8],"more":1}}""", 8, "'more'")]
    [InlineData("""{"a":{"dtype":"BF17","shape":[4],"data_offsets":[0,8]}}""", 8, "'BF17'")]
    [InlineData("""{"a":{"dtype":"0","shape":[2],"data_offsets":[0,8]}}""", 8, "'0'")]
    [InlineData("""{"a":{"dtype":"F32","shape":[-2],"data_offsets":[0,8]}}""", 8, "'-2'")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2.0],"data_offsets":[0,8]}}""", 8, "'2.0'")]
    [InlineData("""{"a":{"dtype":"F32","shape":["2"],"data_offsets":[0,8]}}""", 8, "needed: Number")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[-8,0]}}""", 8, "'-8'")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[8,0]}}""", 8, "bytes 8 to 0")]
    [InlineData("""{"a":{"dtype":"F32","shape":[3],"data_offsets":[0,8]}}""", 8, "12 bytes for F32 of shape [3]")]
    [InlineData("""{"a":{"dtype":"F32","shape":[4294967296,4294967296],"data_offsets":[0,0]}}""", 0, "64 bits")]
    [InlineData(
        """{"a":{"dtype":"F64","shape":[9223372036854775807],"data_offsets":[0,8]}}""",
        8,
        "73786976294838206456 bytes"
    )]
    [InlineData(
        """{"a":{"dtype":"F32","shape":[2305843009213693951],"data_offsets":[0,9223372036854775804]}}""",
        8,
        "cut short: 8 bytes of data; needed: 9223372036854775804"
    )]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[4,12]}}""", 12, "begins at byte 4")]
    [InlineData(
        """{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"b":{"dtype":"F32","shape":[2],"data_offsets":[12,20]}}""",
        20,
        "begins at byte 12"
    )]
    [InlineData(
        """{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"b":{"dtype":"F32","shape":[2],"data_offsets":[4,12]}}""",
        12,
        "begins at byte 4"
    )]
    [InlineData(OneTensor, 7, "cut short: 7 bytes of data; needed: 8")]
    [InlineData(OneTensor, 9, "1 bytes follow the last tensor")]
    public void Read_OfABrokenRule_SaysWhatWasFound(string header, int dataLength, string said) =>
        AssertRefused(WriteRaw(header, dataLength), said);

    [Fact]
    public void Read_OfTextThatIsNotUtf8_IsRefused()
    {
        byte[] header = Encoding.Latin1.GetBytes("""{"é":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}""");
        AssertRefused(WriteRaw(header, 8, (ulong)header.Length), "not well-formed");
    }

    [Theory]
    [InlineData(100_000_001UL, "100000001 bytes is announced")]
    [InlineData(ulong.MaxValue, "100000000 at most")]
    [InlineData(99_999_999UL, "cut short")]
    [InlineData(0UL, "the header is empty")]
    public void Read_OfAnImpossibleHeaderLength_IsRefusedBeforeAnythingIsAllocated(ulong announced, string said) =>
        AssertRefused(WriteRaw(Encoding.UTF8.GetBytes(OneTensor), 8, announced), said);

    [Theory]
    [InlineData("", "is empty")]
    [InlineData("abc", "is a text file")]
    [InlineData("To be, or not to be, that is the question: é", "is a text file")]
    [InlineData("{\"step\": 1, \"loss\": 2}", "is a text file")]
    [InlineData("PK\u0003\u0004................archive/data.pkl", "is a PyTorch file")]
    [InlineData("PK\u0003\u0004................notes.txt", "is a zip archive")]
    [InlineData("GGUF\u0003\0\0\0\0\0\0\0\0", "is a GGUF file")]
    [InlineData("\u0001\0\0\0", "is only 4 bytes long")]
    public void Read_OfAForeignFile_NamesItsKind(string content, string said)
    {
        File.WriteAllText(_scratch["foreign"], content);
        AssertRefused(_scratch["foreign"], said);
    }

    [Fact]
    public void Read_OfAPickle_NamesItsKind()
    {
        File.WriteAllBytes(_scratch["old.pt"], [0x80, 0x02, 0x8a, 0x0a, 0x6c, 0xfc, 0x9c, 0x46, 0xf9, 0x20]);
        AssertRefused(_scratch["old.pt"], "a Python pickle");
    }

    [Fact]
    public void Read_OfNoFileAndOfAFolder_IsRefused()
    {
        AssertRefused(_scratch["missing"], "it does not exist");
        AssertRefused(_scratch.Root, "it is a folder");
    }

    [Fact]
    public void Write_OfTheSameNameTwice_IsRefusedAndLeavesNothing()
    {
        var refusal = Assert.Throws<ModelException>(() =>
            SafetensorsFile.Write(
                _scratch["twice"],
                [Tensor.FromBytes("a", [1]), Tensor.FromBytes("a", [2])],
                NoMetadata
            )
        );
        Assert.Contains("'a' twice", refusal.Message);
        Assert.Empty(_scratch.Names);
    }

    [Fact]
    public void Write_OfHalfASurrogatePair_IsRefusedInsteadOfReplaced()
    {
        var metadata = new Dictionary<string, string> { ["vocabulary"] = "ab\ud83d" };
        Assert.Contains(
            "index 2",
            Assert.Throws<ModelException>(() => SafetensorsFile.Write(_scratch["half"], [], metadata)).Message
        );
    }

    [Fact]
    public void Require_OfWhatIsMissing_NamesTheFileAndTheName()
    {
        string path = WriteRaw(OneTensor, 8);
        var read = SafetensorsFile.Read(path);
        Assert.Contains("'head.bias'", Assert.Throws<ModelException>(() => read.Require("head.bias")).Message);
        Assert.StartsWith(path, Assert.Throws<ModelException>(() => read.RequireMetadata("vocabulary")).Message);
    }

    [Fact]
    public void Read_OfSeededMutations_EitherSucceedsOrIsRefused()
    {
        string path = _scratch["fuzz"];
        SafetensorsFile.Write(
            path,
            [
                Tensor.FromSingles("rnn.weight_hh_l0", new float[6], 2, 3),
                Tensor.FromInt64s("step", [3]),
                Tensor.FromBytes("seen", new byte[5], 5),
            ],
            new Dictionary<string, string> { ["cell"] = "lstm", ["vocabulary"] = "aé\n" }
        );
        byte[] sound = File.ReadAllBytes(path);
        int headerEnd = 8 + BitConverter.ToInt32(sound);
        var random = new Random(20260731);
        int rounds = LongTests.Times(4000),
            refused = 0;
        for (int round = 0; round < rounds; round++)
        {
            byte[] mutated = Mutate([.. sound], headerEnd, random);
            File.WriteAllBytes(path, mutated);
            try
            {
                SafetensorsFile.Read(path);
            }
            catch (ModelException refusal)
            {
                refused++;
                Assert.DoesNotContain('\n', refusal.Message);
            }
        }
        Assert.InRange(refused, rounds / 2, rounds - 1);
    }

    private static byte[] Mutate(List<byte> bytes, int headerEnd, Random random)
    {
        for (int left = random.Next(1, 4); left > 0; left--)
        {
            // Mostly in the header, where the rules are.
            int place = Math.Min(
                random.Next(random.Next(4) == 0 ? bytes.Count + 1 : headerEnd),
                Math.Max(0, bytes.Count - 1)
            );
            switch (random.Next(5))
            {
                case 0 when place < bytes.Count:
                    bytes[place] ^= (byte)(1 << random.Next(8));
                    break;
                case 1 when place < bytes.Count:
                    bytes[place] = (byte)"0123456789-\"{}[],: \0\n\\"[random.Next(22)];
                    break;
                case 2:
                    bytes.RemoveRange(place, bytes.Count - place);
                    break;
                case 3:
                    bytes.Insert(place, (byte)random.Next(256));
                    break;
                case 4 when place < bytes.Count:
                    bytes.RemoveAt(place);
                    break;
            }
        }
        return [.. bytes];
    }

    private static Dictionary<string, string> NoMetadata => [];

    private static void AssertRefused(string path, string said)
    {
        string message = Assert.Throws<ModelException>(() => SafetensorsFile.Read(path)).Message;
        Assert.Contains(said, message);
        Assert.Contains(path, message);
        Assert.DoesNotContain('\n', message);
    }

    private string WriteRaw(string header, int dataLength)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(header);
        return WriteRaw(bytes, dataLength, (ulong)bytes.Length);
    }

    private string WriteRaw(byte[] header, int dataLength, ulong announced)
    {
        byte[] prefix = new byte[8];
        BinaryPrimitives.WriteUInt64LittleEndian(prefix, announced);
        File.WriteAllBytes(_scratch["raw.safetensors"], [.. prefix, .. header, .. new byte[dataLength]]);
        return _scratch["raw.safetensors"];
    }
}
