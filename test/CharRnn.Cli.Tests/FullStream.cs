namespace CharRnn.Cli.Tests;

/// <summary>Standard output that takes nothing.</summary>
/// <param name="message">What the system says of it.</param>
/// <param name="code">The system's number for that.</param>
internal sealed class FullStream(string message, int code) : MemoryStream
{
    public override void Write(ReadOnlySpan<byte> buffer) => throw new IOException(message, code);
}
