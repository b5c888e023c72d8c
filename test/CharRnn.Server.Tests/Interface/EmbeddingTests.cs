using System.Buffers.Binary;
using System.Net;
using System.Text.Json;

namespace CharRnn.Server.Tests.Interface;

/// <summary><c>/v1/embeddings</c>: the vectors are the library's.</summary>
public sealed class EmbeddingTests(SharedServer server)
{
    private const string Path = "/v1/embeddings";

    private static readonly string[] Texts = ["the dragon", "gold", "a"];

    [Theory]
    [InlineData(null)]
    [InlineData("float")]
    public async Task Vectors_AreTheLibrarys(string? format)
    {
        var answer = await server.AskAsync(
            Path,
            new
            {
                model = "prose",
                input = Texts,
                encoding_format = format,
            }
        );
        Assert.Equal("list", answer.GetProperty("object").GetString());
        Assert.Equal(Library.Vectors(new TextEmbedder(server.Prose), Texts), VectorsOf(answer));
        Assert.Equal(
            Texts.Sum(text => text.Length),
            answer.GetProperty("usage").GetProperty("total_tokens").GetInt32()
        );
        Assert.Equal(
            Enumerable.Range(0, Texts.Length),
            answer.GetProperty("data").EnumerateArray().Select(each => each.GetProperty("index").GetInt32())
        );
        Assert.All(
            answer.GetProperty("data").EnumerateArray(),
            each => Assert.Equal("embedding", each.GetProperty("object").GetString())
        );
    }

    [Fact]
    public async Task Vectors_InBase64AreTheSameBits()
    {
        var answer = await server.AskAsync(
            Path,
            new
            {
                model = "prose",
                input = Texts,
                encoding_format = "base64",
            }
        );
        Assert.Equal(
            Library.Vectors(new TextEmbedder(server.Prose), Texts),
            answer.GetProperty("data").EnumerateArray().Select(each => Decode(each.GetProperty("embedding")))
        );
    }

    [Fact]
    public async Task Classifier_AndAModelWithLabelsEmbedToo()
    {
        string[] names = ["Kowalski", "Li"];
        Assert.Equal(
            Library.Vectors(server.Classifier, names),
            VectorsOf(await server.AskAsync(Path, new { model = "languages", input = names }))
        );
        Assert.Equal(
            Library.Vectors(
                new TextEmbedder(server.Names, label: LabelBlend.Parse("Greek", server.Names.Labels)),
                "Anna"
            ),
            VectorsOf(
                await server.AskAsync(
                    Path,
                    new
                    {
                        model = "names",
                        input = "Anna",
                        label = "Greek",
                    }
                )
            )
        );
    }

    [Theory]
    [InlineData("encoding_format", "\"int8\"")]
    [InlineData("dimensions", "7")]
    [InlineData("input", "null")]
    [InlineData("input", "[]")]
    [InlineData("input", "\"\"")]
    [InlineData("input", "[1, 2]")]
    [InlineData("label", "\"Greek\"")]
    public async Task Fields_ThatCannotBeUsedAreRefusedByTheirName(string field, string value)
    {
        var error = await server.ErrorAsync(
            Path,
            SharedServer.With(new { model = "prose", input = "the" }, $$"""{"{{field}}": {{value}}}"""),
            HttpStatusCode.BadRequest
        );
        Assert.Equal(field, error.GetProperty("param").GetString());
    }

    private static IEnumerable<float[]> VectorsOf(JsonElement answer) =>
        answer
            .GetProperty("data")
            .EnumerateArray()
            .Select(each => each.GetProperty("embedding").Deserialize<float[]>()!);

    private static float[] Decode(JsonElement embedding)
    {
        byte[] bytes = embedding.GetBytesFromBase64();
        return
        [
            .. Enumerable
                .Range(0, bytes.Length / sizeof(float))
                .Select(i => BinaryPrimitives.ReadSingleLittleEndian(bytes.AsSpan(i * sizeof(float)))),
        ];
    }
}
