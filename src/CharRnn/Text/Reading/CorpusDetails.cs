using System.Text.Json;

namespace CharRnn.Datasets;

/// <summary>What the first reading of a corpus finds.</summary>
/// <param name="CharactersOf">Symbols in each source, as they are there.</param>
/// <param name="Length">Symbols in all of them together, once they are prepared.</param>
/// <param name="Symbols">(V) distinct symbols of the prepared text, ascending.</param>
/// <param name="CrlfSources">Which sources have lines that end in CR LF, from 0.</param>
/// <param name="Prepared">What the preparation found and did.</param>
internal sealed record CorpusFacts(
    IReadOnlyList<long> CharactersOf,
    long Length,
    IReadOnlyList<int> Symbols,
    IReadOnlyList<int> CrlfSources,
    PreparationFacts Prepared
);

/// <summary>What the two readings of a corpus find beside its ids.</summary>
/// <param name="Facts">What the first reading found.</param>
/// <param name="Sha256">The SHA-256 of the raw bytes of all sources.</param>
/// <param name="Skipped">How many symbols were left out because the given vocabulary lacks them.</param>
/// <param name="Unknown">How many became the vocabulary's unknown symbol.</param>
internal sealed record CorpusDetails(CorpusFacts Facts, string Sha256, long Skipped, long Unknown)
{
    internal byte[] ToJson() => JsonSerializer.SerializeToUtf8Bytes(this);

    /// <exception cref="JsonException">It is something else.</exception>
    internal static CorpusDetails FromJson(ReadOnlySpan<byte> json) =>
        JsonSerializer.Deserialize<CorpusDetails>(json)
            is {
                Facts: { CharactersOf: not null, Symbols: not null, CrlfSources: not null, Prepared: not null },
                Sha256: not null
            } details
            ? details
            : throw new JsonException("it lacks something");
}
