using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Hookseal.Tests.Keys;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;

namespace Hookseal.Tests.AspNetCore;

/// <summary>A token is asked for, and a delivery with it is verified, both over HTTP.</summary>
public sealed class TokenEndpointTests : IDisposable
{
    private static readonly KeyValuePair<string, string> s_grant = KeyValuePair.Create("grant_type", "client_credentials");

    private readonly TokenIssuer _issuer = new(TokenIssuerTests.Options("ed25519_seed"));

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _issuer.Dispose();

    private Task<WebServer> StartAsync() => WebServer.StartAsync(
        services => services.AddWebhookVerifier("hook", "kaisa-oauth2", new()
        {
            ["issuer"] = SigningKey.Issuer,
            ["audience"] = SigningKey.Audience,
            ["scope"] = "webhooks.write",
            ["jwks"] = _issuer.Jwks,
        }),
        app =>
        {
            app.MapTokenIssuer("/oauth2/token", _issuer);
            app.MapPost("/hook", (VerifiedEvent delivery) => delivery.Claims["scope"].GetString()).RequireWebhook("hook");
        });

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_client_gets_a_token_and_delivers_with_it(bool inTheHeader)
    {
        await using WebServer server = await StartAsync();
        using var client = new HttpClient();
        using var ask = new HttpRequestMessage(HttpMethod.Post, server.Url("/oauth2/token"));
        if (inTheHeader)
        {
            // client_secret_basic: both parts are encoded as in a form first (RFC 6749 section 2.3.1).
            string credentials = $"{WebUtility.UrlEncode(TokenIssuerTests.ClientId)}:{WebUtility.UrlEncode(TokenIssuerTests.ClientSecret)}";
            ask.Headers.Authorization = new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.ASCII.GetBytes(credentials)));
            ask.Content = new FormUrlEncodedContent([s_grant]);
        }
        else
        {
            ask.Content = new FormUrlEncodedContent(
            [
                s_grant,
                KeyValuePair.Create("client_id", TokenIssuerTests.ClientId),
                KeyValuePair.Create("client_secret", TokenIssuerTests.ClientSecret),
            ]);
        }
        using HttpResponseMessage answer = await client.SendAsync(ask, Cancellation);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.True(answer.Headers.CacheControl?.NoStore);
        Assert.Equal("application/json", answer.Content.Headers.ContentType?.MediaType);
        JsonElement token = await answer.Content.ReadFromJsonAsync<JsonElement>(Cancellation);
        Assert.Equal(300, token.GetProperty("expires_in").GetInt32());

        using var deliver = new HttpRequestMessage(HttpMethod.Post, server.Url("/hook"));
        deliver.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token.GetProperty("access_token").GetString());
        using HttpResponseMessage delivered = await client.SendAsync(deliver, Cancellation);
        Assert.Equal("webhooks.write", await delivered.Content.ReadAsStringAsync(Cancellation));
    }

    [Fact]
    public async Task A_wrong_secret_gets_no_token()
    {
        await using WebServer server = await StartAsync();
        byte[] body = Encoding.ASCII.GetBytes($"grant_type=client_credentials&client_id={TokenIssuerTests.ClientId}&client_secret=wrong");
        Reply reply = await server.PostAsync("/oauth2/token", [KeyValuePair.Create("Content-Type", "application/x-www-form-urlencoded")], body);
        Assert.Equal(401, reply.Status);
        Assert.Contains("invalid_client", reply.Body, StringComparison.Ordinal);
        Assert.Contains("Issued no token: 401", server.Log.Text, StringComparison.Ordinal);
        Assert.Equal(reply.Body.Length.ToString(CultureInfo.InvariantCulture), reply.Headers["Content-Length"]);
    }

    [Fact]
    public async Task Every_method_is_answered_and_every_body_bounded()
    {
        await using WebServer server = await StartAsync();
        foreach (string method in new[] { "GET", "HEAD", "PUT", "OPTIONS", "DELETE" })
        {
            Reply refused = await server.SendAsync(method, "/oauth2/token", [], []);
            Assert.Equal((405, "POST"), (refused.Status, refused.Headers["Allow"]));
        }
        KeyValuePair<string, string>[] form = [KeyValuePair.Create("Content-Type", "application/x-www-form-urlencoded")];
        Assert.Equal(413, (await server.PostAsync("/oauth2/token", form, new byte[_issuer.MaxBodyBytes + 1])).Status);
        Assert.NotEqual(413, (await server.PostAsync("/oauth2/token", form, new byte[_issuer.MaxBodyBytes])).Status);
        Assert.Equal(413, (await server.PostAsync("/oauth2/token", form, new byte[WebServer.OwnLimit])).Status);
    }

    [Fact]
    public async Task Two_authorization_headers_are_refused()
    {
        await using WebServer server = await StartAsync();
        string credentials = Convert.ToBase64String(Encoding.ASCII.GetBytes($"{TokenIssuerTests.ClientId}:{TokenIssuerTests.ClientSecret}"));
        KeyValuePair<string, string>[] headers =
        [
            KeyValuePair.Create("Content-Type", "application/x-www-form-urlencoded"),
            KeyValuePair.Create("Authorization", $"Basic {credentials}"),
        ];
        byte[] body = "grant_type=client_credentials"u8.ToArray();
        Assert.Equal(200, (await server.PostAsync("/oauth2/token", headers, body)).Status);
        Reply reply = await server.PostAsync("/oauth2/token", [.. headers, headers[1]], body);
        Assert.InRange(reply.Status, 400, 401);
    }
}
