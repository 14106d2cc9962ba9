using System.Text;
using System.Text.Json;

namespace Hookseal.Tests;

public class TokenIssuerTests
{
    internal const string ClientId = "the-sender";
    internal const string ClientSecret = "a secret: with % and + of the client";
    private const string Form = "application/x-www-form-urlencoded";
    private const string Hmac = "a secret of 32 bytes for HS256 !";

    internal static VerifierOptions Options(string key = "hmac_secret") => new()
    {
        ["client_id"] = ClientId,
        ["client_secret"] = ClientSecret,
        ["issuer"] = Keys.SigningKey.Issuer,
        ["audience"] = Keys.SigningKey.Audience,
        ["scope"] = "webhooks.write",
        [key] = key == "hmac_secret" ? Hmac : Enumerable.Range(1, 32).Select(value => (byte)value).ToArray(),
    };

    private static HttpReply Ask(TokenIssuer issuer, string body, string? authorization = null, string method = "POST", long? now = null) =>
        issuer.Respond(method, Form, authorization, Encoding.ASCII.GetBytes(body), now);

    private static string Credentials() =>
        $"grant_type=client_credentials&client_id={ClientId}&client_secret={Uri.EscapeDataString(ClientSecret)}";

    [Theory]
    [InlineData("hmac_secret")]
    [InlineData("ed25519_seed")]
    public void Its_tokens_are_verified_by_the_other_half(string key)
    {
        using var issuer = new TokenIssuer(Options(key));
        HttpReply reply = Ask(issuer, Credentials());
        Assert.Equal(200, reply.Status);
        Assert.Contains(reply.Headers, header => header.Key == "Cache-Control" && header.Value == "no-store");
        using JsonDocument answer = JsonDocument.Parse(reply.Body);
        Assert.Equal("Bearer", answer.RootElement.GetProperty("token_type").GetString());

        using var verifier = new Verifier("kaisa-oauth2", new()
        {
            ["issuer"] = Keys.SigningKey.Issuer,
            ["audience"] = Keys.SigningKey.Audience,
            ["scope"] = "webhooks.write",
            [key == "hmac_secret" ? "hmac_secret" : "jwks"] = key == "hmac_secret" ? Hmac : issuer.Jwks,
        });
        string token = answer.RootElement.GetProperty("access_token").GetString()!;
        VerifiedEvent delivery = verifier.Verify(Keys.SigningKey.Delivery(token));
        Assert.Equal("webhooks.write", delivery.Claims["scope"].GetString());
    }

    [Fact]
    public void Only_public_keys_are_published()
    {
        using var symmetric = new TokenIssuer(Options());
        Assert.Equal("{\"keys\":[]}", symmetric.Jwks);
        using var asymmetric = new TokenIssuer(Options("ed25519_seed"));
        using JsonDocument set = JsonDocument.Parse(asymmetric.Jwks);
        JsonElement key = Assert.Single(set.RootElement.GetProperty("keys").EnumerateArray());
        Assert.False(key.TryGetProperty("d", out _));
    }

    [Fact]
    public void What_is_wrong_with_a_request_is_in_the_reply()
    {
        using var issuer = new TokenIssuer(Options());
        string wrong = "Basic " + Convert.ToBase64String(Encoding.ASCII.GetBytes($"{ClientId}:wrong"));
        (HttpReply Reply, int Status)[] replies =
        [
            (Ask(issuer, ""), 401),
            (Ask(issuer, "grant_type=password&client_id=a&client_secret=b"), 401),
            (Ask(issuer, Credentials() + "x"), 401),
            (Ask(issuer, "grant_type=client_credentials", wrong), 401),
            (Ask(issuer, Credentials(), method: "GET"), 405),
            (issuer.Respond("POST", null, null, Encoding.ASCII.GetBytes(Credentials())), 400),
            (Ask(issuer, new string('a', issuer.MaxBodyBytes + 1)), 413),
        ];
        Assert.All(replies, answer =>
        {
            Assert.Equal(answer.Status, answer.Reply.Status);
            Assert.DoesNotContain("access_token", answer.Reply.Body, StringComparison.Ordinal);
        });
    }

    [Fact]
    public void Wrong_options_are_named()
    {
        VerifierOptions options = Options();
        options["lifetime"] = -1;
        ConfigurationException error = Assert.Throws<ConfigurationException>(() => new TokenIssuer(options));
        Assert.Contains("lifetime", error.Detail, StringComparison.Ordinal);
        Assert.DoesNotContain(Hmac, error.ToString(), StringComparison.Ordinal);
        Assert.Throws<ConfigurationException>(() => new TokenIssuer(null!));
        Assert.Throws<ConfigurationException>(() => new TokenIssuer(new() { ["client_secret"] = "lone\ud800" }));
    }

    [Fact]
    public void Nothing_shows_a_key_or_a_token()
    {
        using var issuer = new TokenIssuer(Options());
        Assert.Equal("TokenIssuer", issuer.ToString());
        Assert.Equal("HttpReply(200)", Ask(issuer, Credentials()).ToString());
    }

    [Fact]
    public void Threads_share_it_until_it_is_disposed()
    {
        var issuer = new TokenIssuer(Options());
        var tokens = new System.Collections.Concurrent.ConcurrentBag<string>();
        Parallel.For(0, 400, _ => tokens.Add(Ask(issuer, Credentials(), now: 1_700_000_000).Body));
        Assert.Equal(400, tokens.Distinct().Count());
        issuer.Dispose();
        issuer.Dispose();
        Assert.Throws<ObjectDisposedException>(() => Ask(issuer, Credentials()));
    }

    [Fact]
    public void Anything_gets_an_answer()
    {
        using var issuer = new TokenIssuer(Options());
        var random = new Random(1);
        for (int round = 0; round < 2000; round++)
        {
            byte[] body = new byte[random.Next(300)];
            random.NextBytes(body);
            string header = new([.. body.Select(value => (char)(value * 257))]);
            HttpReply reply = issuer.Respond("POST", round % 2 == 0 ? Form : header, round % 3 == 0 ? "Basic " + header : null, body);
            Assert.InRange(reply.Status, 400, 415);
        }
        Assert.Throws<ConfigurationException>(() => issuer.Respond(null!, null, null, []));
    }
}
