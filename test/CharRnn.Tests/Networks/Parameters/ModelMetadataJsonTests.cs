using System.Text.Json;
using CharRnn.Networks;

namespace CharRnn.Tests;

public sealed class ModelMetadataJsonTests
{
    private static readonly JsonSerializerOptions SnakeCase = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
    };

    [Fact]
    public void Format_WritesEveryPropertyOfANetwork_AsASerializerWould()
    {
        var spec = EveryPropertySet();
        Assert.Equal(JsonSerializer.Serialize(spec, SnakeCase), ModelMetadataJson.Format(spec));
    }

    [Fact]
    public void ParseSpec_GivesBackEveryProperty()
    {
        var spec = EveryPropertySet();
        Assert.Equal(spec, ModelMetadataJson.ParseSpec(JsonSerializer.Serialize(spec, SnakeCase)));
    }

    [Fact]
    public void ParseSpec_TakesDefaultsForWhatIsNotSaid() =>
        Assert.Equal(new ModelSpec { VocabularySize = 7 }, ModelMetadataJson.ParseSpec("""{"vocabulary_size":7}"""));

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("[1]")]
    [InlineData("{")]
    [InlineData("""{"vocabulary_size":7""")]
    [InlineData("""{"vocabulary_size":7} {}""")]
    [InlineData("""{"vocabulary_size":"7"}""")]
    [InlineData("""{"vocabulary_size":7.5}""")]
    [InlineData("""{"vocabulary_size":7000000000}""")]
    [InlineData("""{"cell":3}""")]
    [InlineData("""{"cell":"\ud800"}""")]
    [InlineData("""{"\ud800":1}""")]
    [InlineData("""{"residual":1}""")]
    [InlineData("""{"nonlinearity":"relu","vocabulary_size":7}""")]
    [InlineData("""{"later":{"a":[1,{"cell":"gru"}]},"vocabulary_size":7}""")]
    [InlineData("""{"dropout":"0"}""")]
    [InlineData("""{"num_layers":1,"vocabulary_size":7,"num_layers":2}""")]
    public void ParseSpec_OfWhatIsNoSuchObject_IsRefused(string text) =>
        Assert.ThrowsAny<JsonException>(() => ModelMetadataJson.ParseSpec(text));

    [Fact]
    public void Symbols_ComeBack()
    {
        int[] symbols = [0, 10, 0xFFFF, 0x1F600];
        Assert.Equal("[0,10,65535,128512]", ModelMetadataJson.Format(symbols));
        Assert.Equal(symbols, ModelMetadataJson.ParseSymbols(" [0, 10, 65535, 128512]\n"));
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("[1,")]
    [InlineData("[1][2]")]
    [InlineData("[1,[2]]")]
    [InlineData("[1,null]")]
    [InlineData("[3000000000]")]
    public void ParseSymbols_OfWhatIsNoListOfWholeNumbers_IsRefused(string text) =>
        Assert.ThrowsAny<JsonException>(() => ModelMetadataJson.ParseSymbols(text));

    // Whatever a network gets besides must be in its file too: each property that can be set is given a value that is
    // not its default.
    private static ModelSpec EveryPropertySet()
    {
        var spec = new ModelSpec { VocabularySize = 1 };
        foreach (var property in typeof(ModelSpec).GetProperties().Where(property => property.CanWrite))
        {
            property.SetValue(
                spec,
                property.GetValue(spec) switch
                {
                    string => "gru",
                    int number => number + 3,
                    double number => number + 0.25,
                    bool value => !value,
                    Activation => Activation.Tanh,
                    BiasMode => BiasMode.Double,
                    null when property.PropertyType == typeof(int?) => 3,
                    var other => throw new NotSupportedException(
                        $"{property.Name} is {other}: teach this test its kind"
                    ),
                }
            );
        }

        return spec;
    }
}
