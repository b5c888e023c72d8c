using CharRnn.Inspecting;

namespace CharRnn.Studio.Play;

/// <summary>Branch of a text: its last symbol, and where it left the branch before it.</summary>
/// <param name="Name">Its number, from 1.</param>
/// <param name="Leaf">The node of its last symbol.</param>
/// <param name="From">Place of the symbol that was chosen; null of the first branch.</param>
public sealed record WrittenBranch(int Name, int Leaf, int? From);

/// <summary>
/// A text that a model writes, any symbol of which can be exchanged; from there it is written on as another branch, and
/// the one before is kept. It may be read while it is written, and disposed of: each symbol is one step.
/// </summary>
public sealed class WritingDesk : IDisposable
{
    private readonly Lock _gate = new();
    private readonly WritingTree _tree;
    private readonly Vocabulary _vocabulary;
    private readonly List<int> _path = [];
    private readonly List<WrittenBranch> _branches = [];
    private readonly int[] _stop;
    private readonly string[] _prompt;
    private readonly int _length;
    private int _current;
    private bool _isStopped;
    private volatile bool _isGone;

    /// <summary>Begins a text.</summary>
    /// <exception cref="SettingsException">The prompt or an option cannot be used by this model.</exception>
    internal WritingDesk(LanguageModel model, PlaySettings settings)
    {
        _vocabulary = model.Vocabulary;
        var label =
            settings.Label.Length > 0 && model.Labels.Count > 0 ? LabelBlend.Parse(settings.Label, model.Labels) : null;
        model.RequireLabel(label);
        int[] prompt = model.Encode(settings.Prompt);
        _stop = settings.Stop.Length > 0 ? model.Encode(settings.Stop) : [];
        _prompt = [.. prompt.Select(id => _vocabulary.Decode([id]))];
        _length = settings.Length;
        _tree = new WritingTree(model, prompt, settings.Options, label);
        _branches.Add(new(1, 0, null));
    }

    /// <summary>The prompt's symbols.</summary>
    public IReadOnlyList<string> Prompt => _prompt;

    /// <summary>Number of symbols written in the branch that is shown.</summary>
    public int Count
    {
        get
        {
            lock (_gate)
                return _path.Count;
        }
    }

    /// <summary>The branches, in the order of their making.</summary>
    public IReadOnlyList<WrittenBranch> Branches
    {
        get
        {
            lock (_gate)
                return [.. _branches];
        }
    }

    /// <summary>The branch that is shown.</summary>
    public WrittenBranch Current
    {
        get
        {
            lock (_gate)
                return _branches[_current];
        }
    }

    /// <summary>Whether nothing more is to be written.</summary>
    public bool IsDone
    {
        get
        {
            lock (_gate)
                return _isGone || _isStopped || _path.Count >= _length || _tree.HasEnded(Last);
        }
    }

    private int Last => _path.Count > 0 ? _path[^1] : 0;

    /// <summary>Writes until so much time has passed, or it is done.</summary>
    public void Write(TimeSpan time, CancellationToken cancellationToken)
    {
        long start = System.Diagnostics.Stopwatch.GetTimestamp();
        while (System.Diagnostics.Stopwatch.GetElapsedTime(start) < time)
        {
            cancellationToken.ThrowIfCancellationRequested();
            lock (_gate)
            {
                if (IsDone)
                    return;
                Append(_tree.Choose(Last));
            }
        }
    }

    /// <summary>Exchanges a symbol: what stood from there on is kept as a branch.</summary>
    /// <param name="place">Place of the symbol, from 0 after the prompt.</param>
    /// <param name="id">The symbol that takes its place.</param>
    public void Exchange(int place, int id)
    {
        lock (_gate)
        {
            if (_isGone || place > _path.Count)
                return;
            int before = place == 0 ? 0 : _path[place - 1];
            _path.RemoveRange(place, _path.Count - place);
            _isStopped = false;
            _branches.Add(new(_branches.Count + 1, before, place));
            _current = _branches.Count - 1;
            Append(_tree.Add(before, id));
        }
    }

    /// <summary>Shows another branch.</summary>
    public void Return(WrittenBranch branch)
    {
        lock (_gate)
        {
            _current = _branches.FindIndex(other => other.Name == branch.Name);
            _path.Clear();
            for (int node = Current.Leaf; _tree.ParentOf(node) is { } parent; node = parent)
                _path.Add(node);
            _path.Reverse();
            // Written to its end, or left before that: either way it is not written on by itself.
            _isStopped = true;
        }
    }

    /// <summary>A written symbol; empty where the text has become shorter.</summary>
    public string SymbolAt(int place)
    {
        lock (_gate)
            return place < _path.Count ? _vocabulary.Decode([_tree.SymbolOf(_path[place])]) : "";
    }

    /// <summary>The model's own probability of a written symbol.</summary>
    public double ProbabilityAt(int place)
    {
        lock (_gate)
            return place < _path.Count ? _tree.ProbabilityOf(_path[place]) ?? 1 : 1;
    }

    /// <summary>The likeliest symbols in a place, with the probabilities that they are drawn by.</summary>
    internal IReadOnlyList<Alternative> AlternativesAt(int place, int most)
    {
        lock (_gate)
        {
            if (place > _path.Count)
                return [];
            int before = place == 0 ? 0 : _path[place - 1];
            double[] drawn = _tree.Drawn(before);
            int? written = place < _path.Count ? _tree.SymbolOf(_path[place]) : null;
            return
            [
                .. _tree
                    .Candidates(before, most)
                    .Select(next => new Alternative(
                        next.Id,
                        _vocabulary.Decode([next.Id]),
                        next.Probability,
                        drawn[next.Id],
                        next.Id == written
                    )),
            ];
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        // Whoever writes holds the gate again and again, and lets go for good at the sight of this.
        if (Interlocked.Exchange(ref _isGone, true))
            return;
        lock (_gate)
            _tree.Dispose();
    }

    private void Append(int node)
    {
        if (_tree.HasEnded(node))
            _isStopped = true;
        else
            _path.Add(node);
        // The stop text is not part of what is written, as in the command.
        if (_stop.Length > 0 && EndsWithStop())
        {
            _path.RemoveRange(_path.Count - _stop.Length, _stop.Length);
            _isStopped = true;
        }
        _branches[_current] = Current with { Leaf = Last };
    }

    private bool EndsWithStop()
    {
        if (_path.Count < _stop.Length)
            return false;
        for (int i = 0; i < _stop.Length; i++)
        {
            if (_tree.SymbolOf(_path[_path.Count - _stop.Length + i]) != _stop[i])
                return false;
        }
        return true;
    }
}

/// <summary>Symbol that could stand in a place.</summary>
/// <param name="Id">The symbol.</param>
/// <param name="Text">The symbol as text.</param>
/// <param name="Probability">The model's own probability.</param>
/// <param name="Drawn">The probability by which it is drawn: at the temperature, after all cuts.</param>
/// <param name="IsWritten">Whether it is the one that stands there.</param>
internal sealed record Alternative(int Id, string Text, double Probability, double Drawn, bool IsWritten);
