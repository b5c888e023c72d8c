using CharRnn.Datasets;
using CharRnn.Sampling;

namespace CharRnn;

/// <summary>
/// Limit of what sampled texts may copy word for word from a training text: no span of more symbols than
/// <see cref="MaxLength"/>. A hash of every longer span of the text is held, 12 to 24 bytes for each of its symbols.
/// </summary>
/// <example>
/// <code>
/// using var model = LanguageModel.Load("runs/dragons-001");
/// using var text = Corpus.Load(["my.txt"], new CorpusOptions { Preparation = model.Preparation });
/// var options = new SamplingOptions { MaxCopy = new CopyLimit(text, maxLength: 20) };
/// Console.WriteLine(new TextGenerator(model).Generate("Once ", 200, options));
/// </code>
/// </example>
public sealed class CopyLimit
{
    /// <summary>Max symbols of the text.</summary>
    public const long MaxSymbols = 100_000_000;

    private readonly SpanSet _spans;

    /// <summary>Reads a training text.</summary>
    /// <param name="text">The text; its vocabulary may be another than the model's.</param>
    /// <param name="maxLength">Number of symbols of the longest span that may be copied, at least 1.</param>
    /// <exception cref="SettingsException">The text is too long, or the length cannot be used.</exception>
    public CopyLimit(Corpus text, int maxLength)
    {
        ArgumentNullException.ThrowIfNull(text);
        if (maxLength < 1)
            throw new SettingsException($"'MaxCopy' is {maxLength}; it must be at least 1.");
        if (text.Ids.Length > MaxSymbols)
            throw new SettingsException(
                $"{text.Name} has {text.Ids.Length} symbols, and 'MaxCopy' compares with up to {MaxSymbols}; leave it "
                    + "out."
            );
        MaxLength = maxLength;
        _spans = new SpanSet(text.Ids.Length);
        var span = new RollingSpan(maxLength + 1);
        foreach (var block in text.Ids.Blocks())
        {
            foreach (int id in block.Span)
            {
                int symbol = text.Vocabulary.Symbols[id];
                // No span goes on beyond the end of a record or a file.
                if (id == text.Vocabulary.BoundaryId)
                {
                    span.Clear();
                    continue;
                }
                if (span.IsOneShort)
                    _spans.Add(span.With(symbol));
                span.Add(symbol);
            }
        }
    }

    /// <summary>Number of symbols of the longest span that may be copied.</summary>
    public int MaxLength { get; }

    /// <summary>Whether the text has a span of one symbol more.</summary>
    /// <param name="span">The span's hash.</param>
    internal bool HasLonger(ulong span) => _spans.Contains(span);
}
