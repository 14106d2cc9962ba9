using System.Security.Cryptography;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace Hookseal.Bench;

/// <summary>An RS256 token: against the handler of Microsoft.IdentityModel, which ASP.NET Core uses.</summary>
internal static class BearerJwt
{
    private const string Issuer = "https://auth.example.com";
    private const string Audience = "https://example.com/hooks";

    internal static void Run()
    {
        using var rsa = RSA.Create(2048);
        var key = new RsaSecurityKey(rsa) { KeyId = "a-key" };
        var handler = new JsonWebTokenHandler();
        string token = handler.CreateToken(new SecurityTokenDescriptor
        {
            Issuer = Issuer,
            Audience = Audience,
            SigningCredentials = new(key, SecurityAlgorithms.RsaSha256),
        });
        RSAParameters parameters = rsa.ExportParameters(includePrivateParameters: false);
        string n = Base64UrlEncoder.Encode(parameters.Modulus);
        string e = Base64UrlEncoder.Encode(parameters.Exponent);
        using var verifier = new Verifier("bearer-jwt", new()
        {
            ["issuer"] = Issuer,
            ["audience"] = Audience,
            ["jwks"] = $$"""{"keys":[{"kty":"RSA","kid":"a-key","alg":"RS256","n":"{{n}}","e":"{{e}}"}]}""",
        });
        byte[] body = [];
        var headers = new Dictionary<string, string> { ["Authorization"] = $"Bearer {token}" };
        var expected = new TokenValidationParameters
        {
            ValidIssuer = Issuer,
            ValidAudience = Audience,
            IssuerSigningKey = new RsaSecurityKey(parameters) { KeyId = "a-key" },
            ValidAlgorithms = [SecurityAlgorithms.RsaSha256],
        };
        Race.Run(
            "bearer-jwt RS256",
            () => verifier.TryVerify(new("POST", "https://example.com/hook", headers, body), out _, out _),
            () => handler.ValidateTokenAsync(token, expected).GetAwaiter().GetResult().IsValid,
            "JsonWebTokenHandler");
        // Both read the claims only when they are asked for.
        Race.Run(
            "bearer-jwt RS256, one claim",
            () => verifier.Verify(new("POST", "https://example.com/hook", headers, body)).Claims.ContainsKey("iss"),
            () => handler.ValidateTokenAsync(token, expected).GetAwaiter().GetResult().Claims.ContainsKey("iss"),
            "JsonWebTokenHandler");
    }
}
