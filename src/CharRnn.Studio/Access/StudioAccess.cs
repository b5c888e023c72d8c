using System.Security.Cryptography;
using System.Text;

namespace CharRnn.Studio.Access;

/// <summary>
/// Admission of browsers: a token, which opens the studio once and is then replaced by another, and the cookie that a
/// browser gets for it, which is good until the studio stops.
/// </summary>
internal sealed class StudioAccess
{
    private const int SecretBytes = 32;

    private readonly Lock _gate = new();
    private readonly string _cookie = Secret();
    private string _token = Secret();

    /// <summary>Told of the next token once one was used; null for nobody.</summary>
    public Action<string>? Renewed { get; set; }

    /// <summary>The token that opens the studio next.</summary>
    public string Token
    {
        get
        {
            lock (_gate)
                return _token;
        }
    }

    /// <summary>Takes a token for the cookie's value.</summary>
    /// <returns>The value; null where the token is not, or no longer, the one.</returns>
    public string? Exchange(string token)
    {
        string next;
        lock (_gate)
        {
            if (!Equal(token, _token))
                return null;
            next = _token = Secret();
        }
        Renewed?.Invoke(next);
        return _cookie;
    }

    /// <summary>Whether a cookie's value is the studio's.</summary>
    public bool IsAdmitted(string? value) => value is not null && Equal(value, _cookie);

    private static string Secret() => Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(SecretBytes));

    // Of equal lengths, so that the comparison tells nothing of the secret's.
    private static bool Equal(string given, string expected) =>
        CryptographicOperations.FixedTimeEquals(
            SHA256.HashData(Encoding.UTF8.GetBytes(given)),
            SHA256.HashData(Encoding.UTF8.GetBytes(expected))
        );
}
