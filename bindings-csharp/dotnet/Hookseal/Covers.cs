namespace Hookseal;

/// <summary>What the proof of a delivery covers. Whatever it does not cover can have been changed by anybody.</summary>
public sealed record Covers
{
    internal Covers()
    {
    }

    /// <summary>How much of the body is signed.</summary>
    public BodyCoverage Body { get; internal init; }

    /// <summary>How much of the URL is signed.</summary>
    public UrlCoverage Url { get; internal init; }

    /// <summary>Whether the HTTP method is signed.</summary>
    public bool Method { get; internal init; }

    /// <summary>Whether the scheme's timestamp is signed.</summary>
    public Coverage Timestamp { get; internal init; }

    /// <summary>Whether the scheme's delivery id or nonce is signed.</summary>
    public Coverage DeliveryId { get; internal init; }

    /// <summary>Whether the body was encrypted on its way.</summary>
    public bool Confidential { get; internal init; }
}

/// <summary>How much of the body is signed.</summary>
public enum BodyCoverage
{
    /// <summary>Nothing of the body.</summary>
    None,

    /// <summary>The parsed fields, not their order or encoding.</summary>
    Fields,

    /// <summary>Every byte, directly or through a digest that was compared.</summary>
    Full,
}

/// <summary>How much of the URL is signed.</summary>
public enum UrlCoverage
{
    /// <summary>Nothing of the URL.</summary>
    None,

    /// <summary>Scheme, authority and path; the query can be changed freely.</summary>
    WithoutQuery,

    /// <summary>Scheme, authority, path and query.</summary>
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
