namespace CharRnn.Sampling;

/// <summary>
/// Text that a sampler goes on with, prompt included, and what follows from it for the next symbol: which symbols would
/// end it too early.
/// </summary>
internal sealed class TextSoFar
{
    private readonly SamplingOptions _options;
    private readonly int? _boundary;

    // Each ends a text: the boundary, a line end, a stop text.
    private readonly int[][] _ends;
    private readonly RecentSymbols _recent;
    private long _length,
        _sampled;

    private TextSoFar(SamplingOptions options, Vocabulary vocabulary, int[][] ends)
    {
        (_options, _boundary, _ends) = (options, vocabulary.BoundaryId, ends);
        _recent = new RecentSymbols(ends.Select(end => end.Length).Append(1).Max());
    }

    /// <summary>A text that begins with a prompt; null where the options ask nothing of the text so far.</summary>
    /// <param name="options">The sampling options.</param>
    /// <param name="vocabulary">The vocabulary.</param>
    /// <param name="prompt">The prompt.</param>
    /// <param name="stops">Ids that end a text, beside the boundary.</param>
    /// <exception cref="SettingsException">Every symbol ends a text, so that none can have the min length.</exception>
    public static TextSoFar? Of(
        SamplingOptions options,
        Vocabulary vocabulary,
        IEnumerable<int> prompt,
        params IEnumerable<IReadOnlyList<int>> stops
    )
    {
        if (options.MinLength == 0)
            return null;
        int[][] ends =
        [
            .. stops.Where(stop => stop.Count > 0).Select(stop => stop.ToArray()),
            .. vocabulary.BoundaryId is { } boundary
                ? (int[][])
                    [
                        [boundary],
                    ]
                : [],
        ];
        int never = ends.Where(end => end.Length == 1).Select(end => end[0]).Distinct().Count();
        if (never + (vocabulary.UnknownId is null ? 0 : 1) >= vocabulary.Count && options.MinLength > 0)
            throw new SettingsException(
                $"'MinLength' is {options.MinLength}, and every symbol of the model's vocabulary ends a text; leave it "
                    + "out."
            );
        var text = new TextSoFar(options, vocabulary, ends);
        foreach (int id in prompt)
            text.Read(id);
        return text;
    }

    /// <summary>Adds a symbol that was sampled. After a boundary another text begins.</summary>
    public void Add(int id)
    {
        if (id == _boundary)
        {
            _recent.Clear();
            (_length, _sampled) = (0, 0);
            return;
        }
        _sampled++;
        Read(id);
    }

    /// <summary>Adjusts the logits of the next symbol.</summary>
    /// <param name="logits">The model's logits in, the adjusted ones out, (V); −∞ for what may not come.</param>
    public void Adjust(Span<float> logits) => ForbidEarlyEnds(logits);

    private void Read(int id)
    {
        _length++;
        _recent.Add(id);
    }

    private void ForbidEarlyEnds(Span<float> logits)
    {
        foreach (int[] end in _ends)
        {
            int begun = end.Length - 1;
            // The end is looked for in what was sampled, and not in the prompt.
            if (_length - begun < _options.MinLength && begun <= _sampled && _recent.EndWith(end.AsSpan(0, begun)))
                logits[end[^1]] = float.NegativeInfinity;
        }
    }
}

/// <summary>The last symbols of a text.</summary>
/// <param name="capacity">Number of symbols that are remembered, at least 1.</param>
internal sealed class RecentSymbols(int capacity)
{
    private readonly int[] _ring = new int[capacity];
    private long _count;

    /// <summary>Number of symbols remembered.</summary>
    public int Count => (int)Math.Min(_count, capacity);

    /// <summary>Adds a symbol; the oldest is forgotten.</summary>
    public void Add(int id) => _ring[_count++ % capacity] = id;

    /// <summary>A symbol, the last being 1 back.</summary>
    public int Back(int places) => _ring[(_count - places) % capacity];

    /// <summary>Whether the last symbols are these.</summary>
    public bool EndWith(ReadOnlySpan<int> ids)
    {
        if (ids.Length > Count)
            return false;
        for (int i = 0; i < ids.Length; i++)
        {
            if (Back(ids.Length - i) != ids[i])
                return false;
        }
        return true;
    }

    /// <summary>Forgets all.</summary>
    public void Clear() => _count = 0;
}
