namespace Hookseal.AspNetCore.Internal;

/// <summary>Carries the delivery of one request to its handler. One a request.</summary>
internal sealed class VerifiedEventHolder
{
    internal VerifiedEvent? Event { get; set; }

    /// <summary>Never null, so that a handler without protection fails instead of trusting nothing.</summary>
    internal VerifiedEvent Required => Event ?? throw Missing();

    internal static InvalidOperationException Missing() =>
        new("Nothing verified this request: add RequireWebhook(name) to the endpoint.");
}
