using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace Hookseal.Tests.Keys;

/// <summary>A key of an identity server, whose tokens are made by another library than ours.</summary>
internal sealed class SigningKey(string id) : IDisposable
{
    internal const string Issuer = "https://auth.example.com";
    internal const string Audience = "https://example.com/hooks";

    private readonly RSA _key = RSA.Create(2048);

    /// <summary>A token that is good now.</summary>
    internal string Token(Dictionary<string, object>? claims = null) => new JsonWebTokenHandler().CreateToken(new SecurityTokenDescriptor
    {
        Issuer = Issuer,
        Audience = Audience,
        Claims = claims,
        SigningCredentials = new(new RsaSecurityKey(_key) { KeyId = id }, SecurityAlgorithms.RsaSha256),
    });

    /// <summary>A delivery that carries such a token.</summary>
    internal WebhookRequest Request(Dictionary<string, object>? claims = null) => Delivery(Token(claims));

    internal static WebhookRequest Delivery(string token) =>
        new("POST", Deliveries.Url, new Dictionary<string, string> { ["Authorization"] = $"Bearer {token}" }, Deliveries.Body);

    /// <summary>The public halves as a JWK set (RFC 7517).</summary>
    internal static string Set(params SigningKey[] keys) => new JsonObject
    {
        ["keys"] = new JsonArray([.. keys.Select(key => key.Public())]),
    }.ToJsonString();

    public void Dispose() => _key.Dispose();

    private JsonObject Public()
    {
        RSAParameters parameters = _key.ExportParameters(includePrivateParameters: false);
        return new()
        {
            ["kty"] = "RSA",
            ["use"] = "sig",
            ["alg"] = "RS256",
            ["kid"] = id,
            ["n"] = Base64UrlEncoder.Encode(parameters.Modulus),
            ["e"] = Base64UrlEncoder.Encode(parameters.Exponent),
        };
    }
}
