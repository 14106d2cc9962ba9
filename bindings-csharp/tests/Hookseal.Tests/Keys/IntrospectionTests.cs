using Hookseal.Tests.AspNetCore;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Hookseal.Tests.Keys;

/// <summary>Tokens that only their issuer can read (RFC 7662).</summary>
public class IntrospectionTests
{
    private const string Token = "an-opaque-token-1234567890";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private static VerifierOptions Options() => new() { ["introspection"] = true, ["scope"] = "webhooks.write" };

    private static Verifier Make(Func<string, CancellationToken, Task<string>>? ask) =>
        new("bearer-jwt", Options(), new VerifierHooks { IntrospectAsync = ask });

    [Fact]
    public async Task The_issuer_says_what_a_token_is()
    {
        var asked = new List<string>();
        using Verifier verifier = Make((token, _) =>
        {
            asked.Add(token);
            return Task.FromResult("""{"active":true,"scope":"webhooks.write","sub":"sender"}""");
        });
        VerifiedEvent delivery = verifier.Verify(SigningKey.Delivery(Token));
        Assert.Equal("sender", delivery.Claims["sub"].GetString());
        Assert.Equal("", delivery.KeyId);
        Assert.NotNull(await verifier.VerifyAsync(SigningKey.Delivery(Token), Cancellation));
        Assert.Equal([Token, Token], asked);
    }

    [Theory]
    [InlineData("""{"active":false}""", ErrorCode.TokenMismatch)]
    [InlineData("""{"scope":"webhooks.write"}""", ErrorCode.TokenMismatch)]
    [InlineData("""{"active":true,"scope":"others"}""", ErrorCode.JwtClaimMismatch)]
    [InlineData("""{"active":true,"scope":"webhooks.write","exp":1}""", ErrorCode.JwtExpired)]
    [InlineData("<html>", ErrorCode.KeyUnavailable)]
    [InlineData("", ErrorCode.KeyUnavailable)]
    [InlineData(null, ErrorCode.KeyUnavailable)]
    public async Task Any_other_answer_is_a_refusal(string? answer, ErrorCode code)
    {
        using Verifier verifier = Make((_, _) => Task.FromResult(answer!));
        Assert.Equal(code, VerifierTests.Fails(verifier, SigningKey.Delivery(Token)));
        VerificationResult result = await verifier.TryVerifyAsync(SigningKey.Delivery(Token), Cancellation);
        Assert.Equal(code, result.Failure?.Code);
    }

    [Fact]
    public async Task A_hook_that_throws_is_503_and_shows_no_token()
    {
        using Verifier verifier = Make((token, _) => throw new InvalidTimeZoneException($"deliberate {token}"));
        Assert.False(verifier.TryVerify(SigningKey.Delivery(Token), out _, out VerificationFailure? failure));
        Assert.Equal((ErrorCode.KeyUnavailable, 503), (failure.Code, failure.Status));
        Assert.Contains(nameof(InvalidTimeZoneException), failure.Detail, StringComparison.Ordinal);
        Assert.DoesNotContain(Token, failure.Detail, StringComparison.Ordinal);

        VerificationResult result = await verifier.TryVerifyAsync(SigningKey.Delivery(Token), Cancellation);
        Assert.Equal(failure.Detail, result.Failure?.Detail);
    }

    [Fact]
    public async Task A_cancelled_wait_is_no_verdict()
    {
        using Verifier verifier = Make(async (_, cancellation) =>
        {
            await Task.Delay(Timeout.Infinite, cancellation);
            return "";
        });
        using var hangUp = new CancellationTokenSource(50);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await verifier.VerifyAsync(SigningKey.Delivery(Token), hangUp.Token));
    }

    [Fact]
    public void Nobody_is_asked_without_a_token()
    {
        using Verifier verifier = Make((_, _) => throw new InvalidTimeZoneException("asked"));
        Assert.Equal(ErrorCode.MissingHeader, VerifierTests.Fails(verifier, Deliveries.Request(default(WebhookHeaders))));
    }

    [Fact]
    public void The_option_and_the_hook_belong_together()
    {
        Assert.Throws<ConfigurationException>(() => Make(null));
        Assert.Throws<ConfigurationException>(() => new ServiceCollection().AddWebhookVerifier("hook", "bearer-jwt", Options()));
        ConfigurationException error = Assert.Throws<ConfigurationException>(() => new Verifier(
            "github",
            new() { ["secret"] = Deliveries.Secret },
            new VerifierHooks { IntrospectAsync = (_, _) => Task.FromResult("{}") }));
        Assert.Contains("introspection", error.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_hook_of_a_webhook_has_the_services_of_the_application()
    {
        await using KeyServer issuer = await KeyServer.StartAsync();
        issuer.Answer = async context =>
        {
            IFormCollection form = await context.Request.ReadFormAsync();
            await context.Response.WriteAsync(form["token"] == Token
                ? """{"active":true,"scope":"webhooks.write"}"""
                : """{"active":false}""");
        };
        await using WebServer server = await WebServer.StartAsync(
            services =>
            {
                services.AddHttpClient();
                services.AddWebhookVerifier("hook", "bearer-jwt", Options(), webhook => webhook.IntrospectAsync = async (application, token, cancellation) =>
                {
                    using HttpClient client = application.GetRequiredService<IHttpClientFactory>().CreateClient();
                    using var question = new FormUrlEncodedContent([KeyValuePair.Create("token", token)]);
                    using HttpResponseMessage answer = await client.PostAsync(new Uri(issuer.Url("/introspect")), question, cancellation);
                    return await answer.Content.ReadAsStringAsync(cancellation);
                });
            },
            app => app.MapPost("/hook", (VerifiedEvent delivery) => delivery.Claims["scope"].GetString()).RequireWebhook("hook"));

        Reply reply = await server.PostAsync("/hook", [KeyValuePair.Create("Authorization", $"Bearer {Token}")], []);
        Assert.Equal((200, "webhooks.write"), (reply.Status, reply.Body));
        reply = await server.PostAsync("/hook", [KeyValuePair.Create("Authorization", "Bearer another")], []);
        Assert.Equal(401, reply.Status);
        Assert.StartsWith("Bearer", reply.Headers["WWW-Authenticate"], StringComparison.Ordinal);
    }
}
