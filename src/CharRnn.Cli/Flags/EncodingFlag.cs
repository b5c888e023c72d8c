using System.CommandLine;
using CharRnn.Datasets;

namespace CharRnn.Cli.Flags;

/// <summary>What a character of a file is.</summary>
/// <param name="Unit">A Unicode character or a byte.</param>
/// <param name="Charset">The encoding of characters; null for UTF-8.</param>
internal readonly record struct TextUnit(TextEncoding Unit, string? Charset);

/// <summary><c>--encoding</c>.</summary>
/// <param name="isForCharacters">Whether bytes are no choice.</param>
internal sealed class EncodingFlag(bool isForCharacters = false)
{
    private readonly Setting<TextUnit> _setting = new(
        "--encoding",
        isForCharacters
            ? "The encoding of files: utf-8, or another such as latin1, windows-1252, utf-16 or shift_jis (default: "
                + "utf-8, or that of the model's own text)."
            : "What a character is: a Unicode character of strict UTF-8, or of another encoding such as latin1, "
                + "windows-1252, utf-16 or shift_jis, or a byte (default: utf-8).",
        new TextUnit(TextEncoding.Utf8, Charset: null),
        text => Parse(text, isForCharacters),
        isForCharacters ? "utf-8|NAME" : "utf-8|bytes|NAME"
    );

    /// <summary>The flag.</summary>
    public Option Option => _setting.Option;

    /// <summary>What was asked for.</summary>
    public SettingValue<TextUnit> Resolve(SettingSources sources) => _setting.Resolve(sources);

    /// <summary>The encoding of files: what was asked for, or else that of the model's own text.</summary>
    /// <param name="sources">The command line.</param>
    /// <param name="own">The encoding of the model's own text; null for UTF-8.</param>
    public string? CharsetOr(string? own, SettingSources sources) =>
        Resolve(sources) is { IsExplicit: true } asked ? asked.Value.Charset : own;

    private static TextUnit Parse(string text, bool isForCharacters) =>
        text switch
        {
            "utf-8" or "utf8" or "ascii" => new(TextEncoding.Utf8, Charset: null),
            "bytes" when !isForCharacters => new(TextEncoding.Bytes, Charset: null),
            _ when Charset.Canonical(text) is { } name => new(TextEncoding.Utf8, name),
            _ => throw new FormatException(
                $"utf-8{(isForCharacters ? "" : ", bytes")} or the name of another encoding, such as latin1, windows-1252, "
                    + "utf-16 or shift_jis"
            ),
        };
}
