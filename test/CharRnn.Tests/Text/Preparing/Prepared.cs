using CharRnn.Datasets;

namespace CharRnn.Tests;

/// <summary>Sends texts through a preparation in blocks of any size.</summary>
internal static class Prepared
{
    /// <summary>What becomes of some sources, boundaries as ⟨, and the unknown symbol as ¿.</summary>
    public static string Text(
        TextPreparation preparation,
        IReadOnlyList<string> sources,
        int blockSymbols,
        out PreparationFacts facts
    )
    {
        RepeatedLines? repeated = null;
        if (preparation.UniqueLines)
        {
            using var finder = new RepeatedLineFinder();
            Send(new PreparationPipeline(new(preparation with { Records = false }), finder), sources, blockSymbols);
            repeated = finder.Found;
        }
        var result = new Result();
        var pipeline = new PreparationPipeline(
            new(preparation, sources.Count > 1 && !preparation.JoinFiles, repeated),
            result,
            isWatched: true
        );
        Send(pipeline, sources, blockSymbols);
        Assert.True(result.HasEnded);
        facts = pipeline.Facts;
        return string.Concat(result.Symbols.Select(Display));
    }

    /// <summary>The same whatever the blocks.</summary>
    public static string Text(TextPreparation preparation, params string[] sources)
    {
        string whole = Text(preparation, sources, blockSymbols: int.MaxValue, out var facts);
        foreach (int blockSymbols in new[] { 1, 2, 3, 5, 16 })
        {
            Assert.Equal(whole, Text(preparation, sources, blockSymbols, out var others));
            Assert.Equal(facts, others);
        }
        return whole;
    }

    private static string Display(int symbol) =>
        symbol switch
        {
            Vocabulary.BoundarySymbol => "⟨",
            Vocabulary.UnknownSymbol => "¿",
            _ => char.ConvertFromUtf32(symbol),
        };

    private static void Send(PreparationPipeline sink, IReadOnlyList<string> sources, int blockSymbols)
    {
        foreach (string source in sources)
        {
            foreach (int[] block in StringSink.SymbolsOf(source).Chunk(blockSymbols))
                sink.Append(block);
            sink.EndSource();
        }
        sink.Finish();
    }

    private sealed class Result : ISymbolSink
    {
        public List<int> Symbols { get; } = [];

        public bool HasEnded { get; private set; }

        public void Append(ReadOnlySpan<int> symbols)
        {
            // A receiver may take an empty block for the end.
            Assert.False(symbols.IsEmpty);
            Symbols.AddRange(symbols);
        }

        public void EndSource() { }

        public void Finish() => HasEnded = true;
    }
}
