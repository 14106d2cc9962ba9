using System.Text;

namespace Hookseal.Tests;

/// <summary>Genuine deliveries that tests start from.</summary>
internal static class Deliveries
{
    internal const string Token = "my_auth_token";
    internal const string Url = "https://example.com/answer";
    internal const string Nonce = "12345";
    internal const string Signature = "QUFNUHBhaE5m20p3UFtVHCb66PSliiukfx8M6MyiJwk=";
    internal const string Secret = "a-secret-that-nobody-else-knows";

    internal static readonly byte[] Body =
        Encoding.ASCII.GetBytes("From=%2B14156667777&To=%2B14158889999&CallUUID=abcd-1234");

    internal static Dictionary<string, string> Headers => new()
    {
        ["Content-Type"] = "application/x-www-form-urlencoded",
        ["X-Plivo-Signature-V3"] = Signature,
        ["X-Plivo-Signature-V3-Nonce"] = Nonce,
    };

    internal static Verifier Plivo() => new("plivo", new() { ["auth_token"] = Token });

    internal static Verifier GitHub() => new("github", new() { ["secret"] = Secret });

    internal static WebhookRequest Request(WebhookHeaders? headers = null, byte[]? body = null) =>
        new("POST", Url, headers ?? Headers, body ?? Body);

    /// <summary>A delivery of the scheme that signs nothing but the body.</summary>
    internal static WebhookRequest Signed(Verifier github, byte[] body)
    {
        IReadOnlyDictionary<string, string> headers = github.Sign("POST", Url, body);
        return new("POST", Url, WebhookHeaders.From(headers), body);
    }
}
