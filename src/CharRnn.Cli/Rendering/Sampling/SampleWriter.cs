using System.Buffers;
using System.Globalization;
using System.Text;
using CharRnn.Datasets;

namespace CharRnn.Cli.Rendering;

/// <summary>Format of samples.</summary>
/// <param name="AreLines">Whether each is a line, whose end is written too.</param>
/// <param name="Count">Number of samples that are asked for; null where it does not matter.</param>
/// <param name="Separator">
/// Text between samples, or in place of the end of each line; null for a line of its own, or for line ends.
/// </param>
/// <param name="IsJson">Whether each is a JSON object on a line.</param>
internal sealed record SampleFormat(
    bool AreLines = false,
    long? Count = null,
    string? Separator = null,
    bool IsJson = false
);

/// <summary>What is known of a sample before it is written.</summary>
/// <param name="Prompt">The prompt, as the model has read it.</param>
/// <param name="Sample">Number of the sample among those of its prompt and label, from 1.</param>
/// <param name="Seed">Seed of its draws; null where nothing is drawn.</param>
/// <param name="Label">Its label; null for a model without labels.</param>
internal sealed record SampleHeading(string Prompt, int Sample, ulong? Seed, LabelBlend? Label = null)
{
    /// <summary>Text before the sample where it is written as text: a label and a tab.</summary>
    public string Prefix { get; init; } = "";
}

/// <summary>Writer of samples to standard output, or to the file in its place.</summary>
/// <param name="shell">The surroundings.</param>
internal abstract class SampleWriter(Shell shell)
{
    // As often as a screen is drawn, so that text appears at once; a call for every character would slow
    // a fast model down.
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1.0 / 60);

    private readonly Stream _output = shell.OpenOutput();
    private long? _lastFlush;

    /// <summary>Bytes that are not yet handed on.</summary>
    protected ArrayBufferWriter<byte> Buffer { get; } = new();

    /// <summary>The writer for a format and for where the output goes.</summary>
    /// <param name="shell">The surroundings.</param>
    /// <param name="vocabulary">Vocabulary of the ids.</param>
    /// <param name="format">The format.</param>
    public static SampleWriter Open(Shell shell, Vocabulary vocabulary, SampleFormat format) =>
        format.IsJson ? new SampleJsonWriter(shell, vocabulary) : new SampleTextWriter(shell, vocabulary, format);

    /// <summary>Begins a sample.</summary>
    /// <param name="heading">What is known of it.</param>
    /// <param name="echo">Part of the prompt that is written.</param>
    public abstract void Begin(SampleHeading heading, ReadOnlySpan<int> echo);

    /// <summary>Writes some of its symbols: the first at once, and later ones soon.</summary>
    public abstract void Write(ReadOnlySpan<int> ids);

    /// <summary>Ends the sample; all of it is then written.</summary>
    /// <param name="logProbability">Its log-probability; used where the format has it.</param>
    /// <param name="hasEnded">Whether it ended by itself.</param>
    public abstract void End(double logProbability, bool hasEnded);

    /// <summary>Ends a sample that an interruption has cut off.</summary>
    public virtual void Abandon() => End(logProbability: 0, hasEnded: false);

    /// <summary>Ends the output, after the last sample.</summary>
    public abstract void Finish();

    /// <summary>Writes a whole sample.</summary>
    public void Write(SampleHeading heading, ReadOnlySpan<int> echo, GeneratedText text)
    {
        Begin(heading, echo);
        Write([.. text.Ids]);
        End(text.LogProbability, text.HasEnded);
    }

    /// <summary>Hands on what there is, if some time has passed since that was last done; the first at once.</summary>
    protected void FlushSoon()
    {
        if (Buffer.WrittenCount > 0 && (_lastFlush is not { } last || shell.Clock.GetElapsedTime(last) >= Interval))
            Flush();
    }

    /// <summary>Hands on what there is.</summary>
    protected void Flush()
    {
        _lastFlush = shell.Clock.GetTimestamp();
        StandardOutput.Write(_output, Buffer.WrittenSpan, shell.OutputName);
        Buffer.ResetWrittenCount();
    }
}

/// <summary>
/// Samples as text, as they come: their exact bytes into a file or a pipe, and text that cannot upset it to a terminal.
/// </summary>
internal sealed class SampleTextWriter(Shell shell, Vocabulary vocabulary, SampleFormat format) : SampleWriter(shell)
{
    private readonly bool _isTerminal = shell.IsOutputTerminal;

    // A byte vocabulary gives a character's bytes one by one.
    private readonly Decoder _decoder = Encoding.UTF8.GetDecoder();
    private bool _isAtLineStart = true;
    private int _begun;

    public override void Begin(SampleHeading heading, ReadOnlySpan<int> echo)
    {
        _begun++;
        if (!format.AreLines && _begun > 1)
            Append(format.Separator ?? NumberedLine());
        Append(heading.Prefix);
        Write(echo);
    }

    public override void Write(ReadOnlySpan<int> ids)
    {
        Append(vocabulary.DecodeBytes(ids), isEnd: false);
        FlushSoon();
    }

    public override void End(double logProbability, bool hasEnded)
    {
        Append([], isEnd: true);
        if (format is { AreLines: true, Separator: { } separator })
            Append(separator);
        else if (format.AreLines && !_isTerminal)
            Append("\n");
        else if (format.Separator is null)
            EndLineOnTerminal();
        Flush();
    }

    public override void Finish()
    {
        EndLineOnTerminal();
        Flush();
    }

    /// <summary>A line that parts two samples, and says which one begins.</summary>
    private string NumberedLine()
    {
        string number = format.Count is { } count
            ? string.Create(CultureInfo.InvariantCulture, $"--- sample {_begun} of {count} ---\n")
            : string.Create(CultureInfo.InvariantCulture, $"--- sample {_begun} ---\n");
        return _isAtLineStart ? number : "\n" + number;
    }

    private void EndLineOnTerminal()
    {
        if (_isTerminal && !_isAtLineStart)
            Append("\n");
    }

    private void Append(string text) => Append(Encoding.UTF8.GetBytes(text), isEnd: false);

    private void Append(byte[] utf8, bool isEnd)
    {
        if (!_isTerminal)
        {
            Buffer.Write(utf8);
            _isAtLineStart = utf8 is [] ? _isAtLineStart : utf8[^1] == (byte)'\n';
            return;
        }
        char[] characters = new char[_decoder.GetCharCount(utf8, isEnd)];
        _decoder.GetChars(utf8, characters, isEnd);
        if (characters.Length == 0)
            return;
        Encoding.UTF8.GetBytes(TextEscape.ForTerminal(new string(characters)), Buffer);
        _isAtLineStart = characters[^1] == '\n';
    }
}

/// <summary>Samples as JSON, an object on a line for each, written when it has ended.</summary>
internal sealed class SampleJsonWriter(Shell shell, Vocabulary vocabulary) : SampleWriter(shell)
{
    private readonly List<int> _ids = [];
    private SampleHeading? _heading;

    public override void Begin(SampleHeading heading, ReadOnlySpan<int> echo)
    {
        _heading = heading;
        _ids.Clear();
    }

    public override void Write(ReadOnlySpan<int> ids) => _ids.AddRange(ids);

    public override void End(double logProbability, bool hasEnded)
    {
        var heading = _heading!;
        using var line = new StringWriter(CultureInfo.InvariantCulture);
        JsonLine.Write(
            line,
            json =>
            {
                json.WriteString("text", vocabulary.Decode([.. _ids]));
                json.WriteString("prompt", heading.Prompt);
                if (heading.Label is { } label)
                    json.WriteString("label", label.Name);
                if (heading.Seed is { } seed)
                    json.WriteNumber("seed", seed);
                json.WriteNumber("sample", heading.Sample);
                json.WriteNumber("characters", _ids.Count);
                JsonLine.WriteNumber(json, "log_prob", logProbability);
                json.WriteString("finish_reason", hasEnded ? "stop" : "length");
            }
        );
        Encoding.UTF8.GetBytes(line.ToString(), Buffer);
        Flush();
    }

    // A part of a text is none, and has no reason why it ended.
    public override void Abandon() => _ids.Clear();

    public override void Finish() => Flush();
}
