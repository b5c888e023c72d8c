using CharRnn.Networks;
using CharRnn.Sampling;

namespace CharRnn.Inspecting;

/// <summary>
/// Text written by a model in which any symbol can be replaced by another, from where the writing goes on as a branch;
/// what was written before is kept. A node is a symbol in its place. Branches share what stands before them, and each
/// node keeps its state, so that a branch begins without reading anything again. The first branch is the text of
/// <see cref="TextGenerator.Ids"/>; the n-th symbol of each branch is drawn with the n-th random number of its stream.
/// </summary>
internal sealed class WritingTree : IDisposable
{
    private readonly StepSession _session;
    private readonly Vocabulary _vocabulary;
    private readonly int[] _prompt;
    private readonly List<Node> _nodes = [];
    private SamplingOptions _options;
    private Sampler _sampler;

    /// <summary>Begins a text with a prompt, whose last symbol is node 0.</summary>
    /// <param name="model">The model.</param>
    /// <param name="prompt">The first ids; if empty, the text begins as in <see cref="TextGenerator.Ids"/>.</param>
    /// <param name="options">The sampling options.</param>
    /// <param name="label">The label of the text, for a model with labels.</param>
    /// <param name="held">Units that are held at a value while the text is read and written; none by default.</param>
    /// <exception cref="SettingsException">An option cannot be used, or there is no such unit.</exception>
    public WritingTree(
        LanguageModel model,
        IReadOnlyList<int> prompt,
        SamplingOptions options,
        LabelBlend? label = null,
        IReadOnlyList<HeldUnit>? held = null
    )
    {
        int[] start = TextGenerator.Start(model, prompt);
        LanguageModel.RequireKnown(start, model.Spec.VocabularySize);
        (_vocabulary, _options, _prompt) = (model.Vocabulary, options, [.. prompt]);
        _sampler = new Sampler(options, model.Vocabulary.Count);
        var holding = held is null ? null : new HeldUnits(model.Spec, held);
        _session = model.NewSession(label: label);
        _session.Observe(holding);
        foreach (int id in start[..^1])
            _session.Step([id]);
        _nodes.Add(Read(start[^1], parent: null));
    }

    /// <summary>The sampling options of what is written from now on.</summary>
    /// <exception cref="SettingsException">An option cannot be used.</exception>
    public SamplingOptions Options
    {
        get => _options;
        set => (_sampler, _options) = (new Sampler(value, _vocabulary.Count), value);
    }

    /// <summary>Number of nodes: 0 is the prompt's last symbol, later ones are in the order of their writing.</summary>
    public int Count => _nodes.Count;

    /// <summary>The symbol of a node.</summary>
    public int SymbolOf(int node) => _nodes[node].Id;

    /// <summary>The node before one; null before node 0.</summary>
    public int? ParentOf(int node) => _nodes[node].Parent;

    /// <summary>Whether the text ends with a node.</summary>
    public bool HasEnded(int node) => _nodes[node].State is null;

    /// <summary>The symbols written from the prompt up to a node, that one included.</summary>
    public int[] TextOf(int node)
    {
        var text = new List<int>();
        for (int at = node; _nodes[at].Parent is { } parent; at = parent)
            text.Add(_nodes[at].Id);
        text.Reverse();
        return [.. text];
    }

    /// <summary>
    /// The likeliest symbols after a node, with the model's own probabilities or those at the temperature; before any
    /// cut, bias or penalty. None where the text has ended.
    /// </summary>
    /// <param name="node">The node.</param>
    /// <param name="most">Max number of symbols.</param>
    /// <param name="temperature">The temperature, above 0; 1 for the model's own.</param>
    public IReadOnlyList<NextSymbol> Candidates(int node, int most, double temperature = 1)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(temperature);
        float[] logits = _nodes[node].Logits;
        return logits.Length == 0 ? [] : NextSymbol.Likeliest(logits, most, temperature, _vocabulary.UnknownId);
    }

    /// <summary>(V): the probabilities by which the symbol after a node is drawn, with all cuts and penalties.</summary>
    public double[] Drawn(int node) => _sampler.Distribution(_nodes[node].Logits, TextBefore(node));

    /// <summary>The model's own probability of a node's symbol; null of node 0, which was given.</summary>
    public double? ProbabilityOf(int node)
    {
        if (_nodes[node].Parent is not { } parent)
            return null;
        float[] logits = _nodes[parent].Logits;
        double largest = logits.Max(),
            sum = 0;
        foreach (float logit in logits)
            sum += Math.Exp(logit - largest);
        return Math.Exp(logits[_nodes[node].Id] - largest) / sum;
    }

    /// <summary>Lets the model write the symbol after a node.</summary>
    /// <returns>The new node.</returns>
    /// <exception cref="InvalidOperationException">The text has ended there.</exception>
    /// <exception cref="ModelException">The model's output is not a number.</exception>
    public int Choose(int node)
    {
        RequireOpen(node);
        ulong draw = (ulong)_nodes[node].Depth;
        return Add(node, _sampler.Choose(_nodes[node].Logits, stream: 0, draw, TextBefore(node)));
    }

    /// <summary>Writes a symbol after a node, beside any that stand there.</summary>
    /// <returns>The new node, or the one that has this symbol there already.</returns>
    /// <exception cref="InvalidOperationException">The text has ended there.</exception>
    public int Add(int node, int id)
    {
        RequireOpen(node);
        LanguageModel.RequireKnown([id], _vocabulary.Count);
        if (_nodes[node].Children.TryGetValue(id, out int known))
            return known;
        var added =
            id == _vocabulary.BoundaryId ? new Node(id, node, _nodes[node].Depth + 1, null, []) : Next(node, id);
        _nodes.Add(added);
        return _nodes[node].Children[id] = _nodes.Count - 1;
    }

    /// <inheritdoc/>
    public void Dispose() => _session.Dispose();

    /// <summary>The text up to a node, for options that ask something of it; null where none does.</summary>
    private TextSoFar? TextBefore(int node)
    {
        var text = TextSoFar.Of(_options, _vocabulary, _prompt);
        if (text is null)
            return null;
        foreach (int id in TextOf(node))
            text.Add(id);
        return text;
    }

    private void RequireOpen(int node)
    {
        if (HasEnded(node))
            throw new InvalidOperationException($"the text has ended with node {node}; nothing comes after it.");
    }

    private Node Next(int node, int id)
    {
        _session.SetState(_nodes[node].State!);
        return Read(id, node);
    }

    private Node Read(int id, int? parent)
    {
        float[] logits = _session.Step(id).ToArray();
        // The unknown symbol stands for characters that cannot be written.
        if (_vocabulary.UnknownId is { } unknown)
            logits[unknown] = float.NegativeInfinity;
        return new Node(id, parent, parent is { } before ? _nodes[before].Depth + 1 : 0, _session.CopyState(), logits);
    }

    /// <summary>A symbol in its place.</summary>
    /// <param name="Id">The symbol.</param>
    /// <param name="Parent">The node before it.</param>
    /// <param name="Depth">Number of symbols written up to it.</param>
    /// <param name="State">The state after it; null where it ends the text.</param>
    /// <param name="Logits">(V): of what comes next; empty where it ends the text.</param>
    private sealed record Node(int Id, int? Parent, int Depth, NetworkState? State, float[] Logits)
    {
        /// <summary>The nodes after it, by symbol.</summary>
        public Dictionary<int, int> Children { get; } = [];
    }
}
