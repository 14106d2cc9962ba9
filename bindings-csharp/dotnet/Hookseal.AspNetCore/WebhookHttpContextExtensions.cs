using Hookseal;

namespace Microsoft.AspNetCore.Http;

/// <summary>Hands a verified delivery to code that has only the request.</summary>
public static class WebhookHttpContextExtensions
{
    /// <summary>
    /// The verified delivery of this request. A handler can also take a <see cref="VerifiedEvent"/> as
    /// a parameter.
    /// </summary>
    /// <param name="context">The request.</param>
    /// <returns>The delivery.</returns>
    /// <exception cref="InvalidOperationException">Nothing verified this request.</exception>
    public static VerifiedEvent GetVerifiedEvent(this HttpContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        return context.Features.Get<VerifiedEvent>() ?? throw Hookseal.AspNetCore.Internal.VerifiedEventHolder.Missing();
    }
}
