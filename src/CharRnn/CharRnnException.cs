namespace CharRnn;

/// <summary>
/// A failure that the caller can understand and mend: its message is one line that says where, what was found, what was
/// needed and what to do. The kinds below let a shell choose an exit code; anything else that escapes the library is a
/// defect.
/// </summary>
public class CharRnnException : Exception
{
    /// <summary>Makes the failure with its one-line message.</summary>
    public CharRnnException(string message)
        : base(message) { }

    /// <summary>Makes the failure with its one-line message and what caused it.</summary>
    public CharRnnException(string message, Exception? innerException)
        : base(message, innerException) { }
}

/// <summary>A setting, or a combination of settings, that cannot be used (exit code 2).</summary>
public sealed class SettingsException(string message) : CharRnnException(message);

/// <summary>A corpus that cannot be read, or cannot be learnt from (exit code 3).</summary>
public sealed class CorpusException(string message, Exception? innerException = null)
    : CharRnnException(message, innerException);

/// <summary>A model file or run folder that cannot be read, or does not hold what it should (exit code 3).</summary>
public sealed class ModelException(string message, Exception? innerException = null)
    : CharRnnException(message, innerException);
