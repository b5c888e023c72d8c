using CharRnn.Datasets;

namespace CharRnn.Analysis;

/// <summary>
/// Detector of the spans that samples copy from a text. The text is streamed through a suffix automaton of the samples:
/// time is proportional to both, memory to the samples alone.
/// </summary>
public sealed class CopyDetector
{
    /// <summary>
    /// Max characters of all samples together: memory is about a hundred bytes for each.
    /// </summary>
    public const int MaxCharacters = 10_000_000;

    private const int ShortSpan = 20,
        LongSpan = 50;

    private readonly IReadOnlyList<int[]> _samples;
    private readonly SuffixAutomaton _automaton = new();

    // For each state, the longest matched length of its substrings in the text.
    private readonly int[] _found;
    private int _state = SuffixAutomaton.Root,
        _matched,
        _longest,
        _longestState;
    private long _read,
        _longestEnd;

    /// <summary>Makes a detector for samples.</summary>
    /// <param name="samples">Their characters, as numbers that are not negative.</param>
    /// <exception cref="SettingsException">
    /// The samples have more than <see cref="MaxCharacters"/> characters together.
    /// </exception>
    public CopyDetector(IReadOnlyList<int[]> samples)
    {
        long characters = samples.Sum(sample => (long)sample.Length);
        if (characters > MaxCharacters)
            throw new SettingsException(
                $"the samples have {characters} characters; up to {MaxCharacters} can be searched for copied spans."
            );
        _samples = samples;
        for (int sample = 0; sample < samples.Count; sample++)
        {
            foreach (int symbol in samples[sample])
                _automaton.Append(symbol);
            // A separator that no text and no other sample has: no span crosses it.
            _automaton.Append(-1 - sample);
        }
        _found = new int[_automaton.States];
    }

    /// <summary>Reads the next part of the text.</summary>
    public void Read(ReadOnlySpan<int> text)
    {
        foreach (int symbol in text)
        {
            _read++;
            int next;
            while (!_automaton.TryStep(_state, symbol, out next) && _state != SuffixAutomaton.Root)
            {
                _state = _automaton.Link(_state);
                _matched = _automaton.Length(_state);
            }
            _matched = next == SuffixAutomaton.Root ? 0 : _matched + 1;
            _state = next;
            if (_matched > _found[_state])
                _found[_state] = _matched;
            if (_matched > _longest)
                (_longest, _longestState, _longestEnd) = (_matched, _state, _read);
        }
    }

    /// <summary>The spans found in the text read so far.</summary>
    public CopyReport Report()
    {
        int[] found = FoundOfAllStates();
        long characters = 0,
            in20 = 0,
            in50 = 0;
        CopiedSpan? longest = null;
        int state = SuffixAutomaton.Root;
        for (int sample = 0; sample < _samples.Count; sample++)
        {
            // Length of the longest copied span that ends at each character, (characters).
            int[] endingAt = new int[_samples[sample].Length];
            for (int i = 0; i < endingAt.Length; i++)
            {
                _automaton.TryStep(state, _samples[sample][i], out state);
                endingAt[i] = found[state];
                if (longest is null && _longest > 0 && endingAt[i] == _longest && EndsLongestSpan(state))
                    longest = new CopiedSpan(sample, i + 1 - _longest, _longestEnd - _longest, _longest);
            }
            _automaton.TryStep(state, -1 - sample, out state);
            characters += endingAt.Length;
            in20 += Covered(endingAt, ShortSpan);
            in50 += Covered(endingAt, LongSpan);
        }
        return new CopyReport(characters, longest, in20, in50);
    }

    /// <summary>
    /// Whether the longest span ends at this state: its state is this one, or one of its shorter suffixes.
    /// </summary>
    private bool EndsLongestSpan(int state)
    {
        while (_automaton.Length(_automaton.Link(state)) >= _longest)
            state = _automaton.Link(state);
        return state == _longestState;
    }

    /// <summary>
    /// For each state the longest match in the text: a match of a longer substring holds for its suffixes too.
    /// </summary>
    private int[] FoundOfAllStates()
    {
        int[] found = [.. _found];
        int[] byLength = [.. Enumerable.Range(0, found.Length)];
        Array.Sort(Array.ConvertAll(byLength, _automaton.Length), byLength);
        for (int i = byLength.Length - 1; i > 0; i--)
        {
            int state = byLength[i],
                link = _automaton.Link(state);
            if (found[state] > 0 && link >= 0)
                found[link] = _automaton.Length(link);
        }
        for (int i = 1; i < byLength.Length; i++)
        {
            int state = byLength[i];
            if (found[state] == 0)
                found[state] = found[_automaton.Link(state)];
        }
        return found;
    }

    /// <summary>Number of characters in spans of at least the given length.</summary>
    private static int Covered(int[] endingAt, int shortest)
    {
        int covered = 0,
            start = endingAt.Length;
        for (int i = endingAt.Length - 1; i >= 0; i--)
        {
            if (endingAt[i] >= shortest)
                start = Math.Min(start, i + 1 - endingAt[i]);
            if (i >= start)
                covered++;
        }
        return covered;
    }
}

/// <summary>
/// Span of characters that a sample and the training text have in common.
/// </summary>
/// <param name="Sample">Index of the sample.</param>
/// <param name="SampleStart">Start of the span in the sample, from 0.</param>
/// <param name="TextStart">Start of its first occurrence in the text, from 0.</param>
/// <param name="Length">Number of characters.</param>
public sealed record CopiedSpan(int Sample, int SampleStart, long TextStart, int Length);

/// <summary>Report of how much of the samples is copied from a text.</summary>
/// <param name="Characters">Number of characters of the samples.</param>
/// <param name="Longest">
/// The longest common span; of equally long ones the text's first. Null if there is no common character.
/// </param>
/// <param name="In20">Number of the samples' characters in copied spans of 20 characters or more.</param>
/// <param name="In50">Number of the samples' characters in copied spans of 50 characters or more.</param>
public sealed record CopyReport(long Characters, CopiedSpan? Longest, long In20, long In50)
{
    /// <summary>Share of characters in copied spans of 20 or more.</summary>
    public double Share20 => Characters > 0 ? (double)In20 / Characters : 0;

    /// <summary>Share of characters in copied spans of 50 or more.</summary>
    public double Share50 => Characters > 0 ? (double)In50 / Characters : 0;
}
