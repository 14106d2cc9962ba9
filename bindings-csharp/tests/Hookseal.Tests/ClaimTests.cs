using System.Text.Json;
using Hookseal.Tests.Keys;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace Hookseal.Tests;

/// <summary>What a signed token says, and how a refused one is answered.</summary>
public sealed class ClaimTests : IDisposable
{
    private readonly SigningKey _key = new("a-key");

    public void Dispose() => _key.Dispose();

    private Verifier Make(VerifierOptions? options = null)
    {
        options ??= new();
        options["issuer"] = SigningKey.Issuer;
        options["audience"] = SigningKey.Audience;
        options["jwks"] = SigningKey.Set(_key);
        return new("bearer-jwt", options);
    }

    [Fact]
    public void Claims_are_the_json_that_was_signed()
    {
        using Verifier verifier = Make();
        VerifiedEvent delivery = verifier.Verify(_key.Request(new()
        {
            ["text"] = "caf\u00e9 \"quoted\" \u2028",
            ["nested"] = new Dictionary<string, object> { ["list"] = new object[] { 1, "two", false } },
            ["large"] = 9007199254740993L,
        }));
        Assert.Equal("a-key", delivery.KeyId);
        Assert.Equal("caf\u00e9 \"quoted\" \u2028", delivery.Claims["text"].GetString());
        Assert.Equal("two", delivery.Claims["nested"].GetProperty("list")[1].GetString());
        Assert.Equal(9007199254740993L, delivery.Claims["large"].GetInt64());
        Assert.Equal(SigningKey.Issuer, delivery.Claims["iss"].GetString());
        Assert.Null(delivery.ReplayKey);
        Assert.Throws<NotSupportedException>(() => ((IDictionary<string, JsonElement>)delivery.Claims).Clear());
    }

    [Fact]
    public void Claims_outlive_the_verifier()
    {
        VerifiedEvent delivery;
        using (Verifier verifier = Make())
        {
            delivery = verifier.Verify(_key.Request(new() { ["sub"] = "sender" }));
        }
        GC.Collect();
        Assert.Equal("sender", delivery.Claims["sub"].GetString());
        Assert.Equal("a-key", delivery.KeyId);
        Assert.Same(delivery.Claims, delivery.Claims);
    }

    [Fact]
    public void A_token_under_a_secret_names_its_label()
    {
        const string Hmac = "a secret of 32 bytes for HS256 !";
        using var verifier = new Verifier("bearer-jwt", new()
        {
            ["issuer"] = SigningKey.Issuer,
            ["audience"] = SigningKey.Audience,
            ["hmac_secret"] = new Dictionary<string, string> { ["main"] = Hmac },
        });
        string token = new JsonWebTokenHandler().CreateToken(new SecurityTokenDescriptor
        {
            Issuer = SigningKey.Issuer,
            Audience = SigningKey.Audience,
            SigningCredentials = new(new SymmetricSecurityKey(System.Text.Encoding.ASCII.GetBytes(Hmac)), SecurityAlgorithms.HmacSha256),
        });
        Assert.Equal("main", verifier.Verify(SigningKey.Delivery(token)).KeyId);
    }

    [Fact]
    public void An_event_does_not_show_its_claims()
    {
        using Verifier verifier = Make();
        VerifiedEvent delivery = verifier.Verify(_key.Request(new() { ["email"] = "customer@example.com" }));
        Assert.DoesNotContain("customer", $"{delivery}", StringComparison.Ordinal);
    }

    [Fact]
    public void A_refused_token_is_answered_as_its_standard_wants()
    {
        using Verifier verifier = Make(new() { ["scope"] = "webhooks.write" });

        VerificationException error = Assert.Throws<VerificationException>(() => verifier.Verify(SigningKey.Delivery("a.b.c")));
        Assert.Equal(401, error.Status);
        Assert.StartsWith("Bearer", error.Authenticate, StringComparison.Ordinal);
        Assert.Null(error.Reply);

        error = Assert.Throws<VerificationException>(() => verifier.Verify(_key.Request(new() { ["scope"] = "others" })));
        Assert.Equal((ErrorCode.JwtClaimMismatch, 403), (error.Code, error.Status));
        Assert.Contains("insufficient_scope", error.Authenticate, StringComparison.Ordinal);

        Assert.False(verifier.TryVerify(_key.Request(), out _, out VerificationFailure? failure));
        Assert.Equal((403, error.Authenticate), (failure.Status, failure.Authenticate));
        Assert.NotNull(verifier.Verify(_key.Request(new() { ["scope"] = "others webhooks.write" })));
    }

    [Fact]
    public void An_error_does_not_show_the_token()
    {
        using Verifier verifier = Make(new() { ["scope"] = "webhooks.write" });
        string token = _key.Token(new() { ["email"] = "customer@example.com" });
        foreach (string presented in new[] { token, token[..^5], token + "x" })
        {
            VerificationException error = Assert.Throws<VerificationException>(() => verifier.Verify(SigningKey.Delivery(presented)));
            Assert.DoesNotContain(token.Split('.')[1], error.ToString(), StringComparison.Ordinal);
            Assert.DoesNotContain("customer", $"{error} {error.Authenticate}", StringComparison.Ordinal);
        }
    }
}
