namespace CharRnn.Analysis;

/// <summary>
/// Pairs LaTeX's environments: <c>\begin{name}</c> with <c>\end{name}</c>. A name is made of letters and stars.
/// </summary>
internal sealed class EnvironmentScanner : ITextScanner
{
    private const string Begin = @"\begin{",
        Finish = @"\end{";
    private const int LongestName = 40;

    private readonly PairMatcher<string> _pairs = new();

    // What was read from the last backslash on, for as long as it may become one of the two.
    private readonly char[] _read = new char[Begin.Length + LongestName];
    private int _length;

    /// <summary>What was counted.</summary>
    public PairCount Count => _pairs.Total;

    public void Add(int scalar, long position)
    {
        if (scalar == '\\')
            _length = 0;
        else if (_length == 0)
            return;
        if (scalar == '}')
            Pair(position);
        if (scalar == '}' || _length == _read.Length || !char.IsAscii((char)Math.Min(scalar, char.MaxValue)))
        {
            _length = 0;
            return;
        }
        _read[_length++] = (char)scalar;
        if (!MayBecome(Begin) && !MayBecome(Finish))
            _length = 0;
    }

    public void End()
    {
        _length = 0;
        _pairs.End();
    }

    private void Pair(long position)
    {
        var read = _read.AsSpan(0, _length);
        if (_length > Begin.Length && read.StartsWith(Begin))
            _pairs.Open(new string(read[Begin.Length..]), position);
        else if (_length > Finish.Length && read.StartsWith(Finish))
            _pairs.Close(new string(read[Finish.Length..]), position - _length);
    }

    private bool MayBecome(string command)
    {
        var read = _read.AsSpan(0, _length);
        if (_length <= command.Length)
            return command.AsSpan().StartsWith(read);
        return read.StartsWith(command) && (char.IsAsciiLetter(read[^1]) || read[^1] == '*');
    }
}
