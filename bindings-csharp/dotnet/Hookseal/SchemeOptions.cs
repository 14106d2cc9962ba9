using System.Diagnostics;

namespace Hookseal;

/// <summary>
/// The options of one scheme, each with its type: a slip of the pen does not compile. The classes are in
/// <c>Hookseal.Providers</c>, one a scheme of the catalogue. What is left out has its default; null is rejected. For a
/// scheme of your own there is <see cref="VerifierOptions"/>.
/// </summary>
[DebuggerDisplay("{ToString(),nq}")]
public abstract partial class SchemeOptions
{
    private protected SchemeOptions(string scheme) => Scheme = scheme;

    /// <summary>The id of the scheme.</summary>
    public string Scheme { get; }

    /// <summary>The scheme and the names of what is set, never a value.</summary>
    /// <returns>E.g. <c>SchemeOptions(standard-webhooks: secret, tolerance)</c>.</returns>
    public override string ToString() => $"{nameof(SchemeOptions)}({Scheme}: {string.Join(", ", ToOptions().Names)})";

    internal VerifierOptions ToOptions()
    {
        var options = new VerifierOptions();
        AddTo(options);
        return options;
    }
}
