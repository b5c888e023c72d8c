using System.Text.Json.Serialization;

namespace CharRnn;

/// <summary>How many biases a layer's gates have.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<BiasMode>))]
public enum BiasMode
{
    /// <summary>One, and a second only where the cell cannot do without it (gru's b_hn).</summary>
    [JsonStringEnumMemberName("single")]
    Single,

    /// <summary>
    /// Two that are added, one with the input and one with the recurrent product, both trained, as PyTorch and char-rnn
    /// have them:
    /// an optimiser that adapts its steps moves their sum twice as far.
    /// </summary>
    [JsonStringEnumMemberName("double")]
    Double,
}
