namespace Hookseal;

/// <summary>
/// What the claims of a token must say, by name of the claim:
/// <c>new() { ["email_verified"] = true, ["role"] = new[] { "sender", "owner" } }</c>.
/// </summary>
public sealed class RequiredClaims
{
    private readonly VerifierOptions _claims = new();

    internal OptionValue? Value => _claims;

    /// <summary>Sets what one claim must say; the last value of a name counts.</summary>
    /// <param name="claim">The name of the claim, e.g. <c>email</c>.</param>
    [System.Diagnostics.CodeAnalysis.SuppressMessage(
        "Design", "CA1044:Properties should not be write only", Justification = "A claim is only compared.")]
    public ClaimValue this[string claim]
    {
        set => _claims[claim] = value?.Value;
    }

    /// <summary>The names of the claims.</summary>
    /// <returns>E.g. <c>RequiredClaims(email, email_verified)</c>.</returns>
    public override string ToString() => $"{nameof(RequiredClaims)}({string.Join(", ", _claims.Names)})";
}
