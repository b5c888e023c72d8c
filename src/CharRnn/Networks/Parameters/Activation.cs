using System.Text.Json.Serialization;

namespace CharRnn;

/// <summary>A function applied to each number of a vector.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<Activation>))]
public enum Activation
{
    /// <summary>The number itself.</summary>
    [JsonStringEnumMemberName("none")]
    None,

    /// <summary>max(0, x).</summary>
    [JsonStringEnumMemberName("relu")]
    Relu,

    /// <summary>tanh(x).</summary>
    [JsonStringEnumMemberName("tanh")]
    Tanh,
}
