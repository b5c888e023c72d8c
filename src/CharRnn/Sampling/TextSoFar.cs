namespace CharRnn.Sampling;

/// <summary>
/// Text that a sampler goes on with, prompt included, and what follows from it for the next symbol: penalties of symbols
/// that it has, and symbols that would end it too early, or repeat or copy a span.
/// </summary>
internal sealed class TextSoFar
{
    private readonly SamplingOptions _options;
    private readonly Vocabulary _vocabulary;

    // Each ends a text: the boundary, a line end, a stop text.
    private readonly int[][] _ends;
    private readonly RecentSymbols _recent;

    // (V) occurrences of each symbol in the penalties' window; empty without penalties.
    private readonly int[] _counts;

    // The spans that the text has, by ids; null where they may be repeated.
    private readonly RollingSpan? _repeated;
    private readonly SpanSet? _spans;

    // The span that may become too long a copy, by characters; null where all may be copied.
    private readonly RollingSpan? _copied;

    // (V); empty where no span is forbidden.
    private readonly bool[] _isForbidden;
    private long _length,
        _sampled;

    private TextSoFar(SamplingOptions options, Vocabulary vocabulary, int[][] ends)
    {
        (_options, _vocabulary, _ends) = (options, vocabulary, ends);
        _counts = options.HasPenalties ? new int[vocabulary.Count] : [];
        _recent = new RecentSymbols(
            Math.Max(options.HasPenalties ? options.PenaltyWindow : 0, ends.Select(end => end.Length).Append(1).Max())
        );
        if (options.NoRepeatSpan is { } span)
            (_repeated, _spans) = (new RollingSpan(span), new SpanSet());
        if (options.MaxCopy is { } limit)
            _copied = new RollingSpan(limit.MaxLength + 1);
        _isForbidden = _repeated is null && _copied is null ? [] : new bool[vocabulary.Count];
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
        if (!options.LooksBack)
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
        if (id == _vocabulary.BoundaryId)
        {
            Clear();
            return;
        }
        _sampled++;
        Read(id);
    }

    /// <summary>Adjusts the logits of the next symbol.</summary>
    /// <param name="logits">The model's logits in, the adjusted ones out, (V); −∞ for what may not come.</param>
    public void Adjust(Span<float> logits)
    {
        if (_options.HasPenalties)
            Penalize(logits);
        ForbidEarlyEnds(logits);
        if (_isForbidden.Length > 0)
            ForbidSpans(logits);
    }

    private void Read(int id)
    {
        _length++;
        if (_options.HasPenalties)
        {
            int window = _options.PenaltyWindow;
            if (window > 0 && _recent.Count >= window)
                _counts[_recent.Back(window)]--;
            _counts[id]++;
        }
        _recent.Add(id);
        if (_repeated is not null)
        {
            if (_repeated.IsOneShort)
                _spans!.Add(_repeated.With(id));
            _repeated.Add(id);
        }
        _copied?.Add(_vocabulary.Symbols[id]);
    }

    private void Clear()
    {
        (_length, _sampled) = (0, 0);
        _recent.Clear();
        Array.Clear(_counts);
        _repeated?.Clear();
        _spans?.Clear();
        _copied?.Clear();
    }

    private void Penalize(Span<float> logits)
    {
        for (int id = 0; id < logits.Length; id++)
        {
            int count = _counts[id];
            if (count == 0)
                continue;
            double logit = logits[id];
            logit = logit > 0 ? logit / _options.RepetitionPenalty : logit * _options.RepetitionPenalty;
            logits[id] = (float)(logit - _options.PresencePenalty - count * _options.FrequencyPenalty);
        }
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

    private void ForbidSpans(Span<float> logits)
    {
        var symbols = _vocabulary.Symbols;
        bool mayRepeat = _repeated is { IsOneShort: true },
            mayCopy = _copied is { IsOneShort: true },
            isAnyLeft = false;
        for (int id = 0; id < logits.Length; id++)
        {
            _isForbidden[id] =
                (mayRepeat && _spans!.Contains(_repeated!.With(id)))
                || (mayCopy && _options.MaxCopy!.HasLonger(_copied!.With(symbols[id])));
            isAnyLeft |= !_isForbidden[id] && logits[id] > float.NegativeInfinity;
        }
        // A text that can neither go on nor end would be none.
        for (int id = 0; isAnyLeft && id < logits.Length; id++)
        {
            if (_isForbidden[id])
                logits[id] = float.NegativeInfinity;
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
