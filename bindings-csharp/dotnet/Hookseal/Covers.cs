using System.Globalization;
using System.Text;

namespace Hookseal;

/// <summary>What the proof of a delivery covers. Whatever it does not cover can have been changed by anybody.</summary>
public sealed record Covers
{
    internal Covers()
    {
    }

    /// <summary>How much of the body is signed.</summary>
    public CoverageLevel Body { get; internal init; }

    /// <summary>How much of the URL is signed.</summary>
    public CoverageLevel Url { get; internal init; }

    /// <summary>Whether the HTTP method is signed.</summary>
    public bool Method { get; internal init; }

    /// <summary>Whether the scheme's timestamp is signed.</summary>
    public Coverage Timestamp { get; internal init; }

    /// <summary>Whether the scheme's delivery id or nonce is signed.</summary>
    public Coverage DeliveryId { get; internal init; }

    /// <summary>Whether the body was encrypted on its way.</summary>
    public bool Confidential { get; internal init; }

    /// <summary>
    /// The fields of the string to sign as the scheme writes them: <c>body</c>, <c>url.path</c>,
    /// <c>header:x-event</c>, and a list with what it leaves out, as <c>query -signature</c>.
    /// </summary>
    public IReadOnlyList<string> Parts { get; internal init; } = [];

    /// <summary>By value; of two lists of parts by what they hold.</summary>
    /// <param name="other">What to compare with.</param>
    /// <returns>Whether both cover the same.</returns>
    public bool Equals(Covers? other) => other is not null
        && (Body, Url, Method) == (other.Body, other.Url, other.Method)
        && (Timestamp, DeliveryId, Confidential) == (other.Timestamp, other.DeliveryId, other.Confidential)
        && Parts.SequenceEqual(other.Parts);

    /// <inheritdoc/>
    public override int GetHashCode() =>
        HashCode.Combine(Body, Url, Method, Timestamp, DeliveryId, Confidential, Parts.Count);

    // A record would show the list by the name of its type.
    private bool PrintMembers(StringBuilder builder)
    {
        builder.Append(CultureInfo.InvariantCulture, $"Body = {Body}, Url = {Url}, Method = {Method}, ");
        builder.Append(CultureInfo.InvariantCulture, $"Timestamp = {Timestamp}, DeliveryId = {DeliveryId}, ");
        builder.Append(CultureInfo.InvariantCulture, $"Confidential = {Confidential}, ");
        builder.Append(CultureInfo.InvariantCulture, $"Parts = [{string.Join(", ", Parts)}]");
        return true;
    }
}

/// <summary>How much of the body or of the URL is signed, from the weakest to the strongest.</summary>
public enum CoverageLevel
{
    /// <summary>Nothing is signed.</summary>
    None,

    /// <summary>What is signed can be replaced by something of the same digest.</summary>
    Weak,

    /// <summary>
    /// It is signed, but runs together with what stands beside it: whoever has a signed request can move
    /// text from one field to the next.
    /// </summary>
    Joined,

    /// <summary>Named fields, or all but some, each kept apart.</summary>
    Part,

    /// <summary>Every byte, directly or through a digest that was compared.</summary>
    Full,
}

/// <summary>Whether something that travels with the delivery is signed.</summary>
public enum Coverage
{
    /// <summary>The scheme has no such thing.</summary>
    None,

    /// <summary>It travels with the delivery and anybody can change it.</summary>
    Unsigned,

    /// <summary>It is signed, and so a fact.</summary>
    Signed,
}
