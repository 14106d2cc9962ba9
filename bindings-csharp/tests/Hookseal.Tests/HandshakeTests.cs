using System.Text;

namespace Hookseal.Tests;

/// <summary>Requests of a provider that are no deliveries.</summary>
public class HandshakeTests
{
    internal const string Origin = "eventgrid.azure.net";
    internal const string Query = "?token=" + Deliveries.Secret;

    internal static readonly byte[] Validation = Encoding.ASCII.GetBytes(
        """[{"id":"1","topic":"t","subject":"","eventType":"Microsoft.EventGrid.SubscriptionValidationEvent","eventTime":"2026-01-01T00:00:00Z","metadataVersion":"1","dataVersion":"1","data":{"validationCode":"512d38b6-c7b8-40c8-89fe-f46f9e9622b6"}}]""");

    internal static readonly Dictionary<string, string> ValidationHeaders = new()
    {
        ["aeg-event-type"] = "SubscriptionValidation",
        ["aeg-subscription-name"] = "MY-SUBSCRIPTION",
    };

    internal static Verifier Make() => new("azure-event-grid", new()
    {
        ["url_token"] = Deliveries.Secret,
        ["subscription_names"] = new[] { "my-subscription" },
    });

    [Fact]
    public void A_handshake_is_no_delivery_and_comes_with_its_reply()
    {
        using Verifier verifier = Make();
        WebhookRequest request = new("POST", Deliveries.Url + Query, ValidationHeaders, Validation);

        VerificationException error = Assert.Throws<VerificationException>(() => verifier.Verify(request));

        Assert.Equal((ErrorCode.Challenge, "challenge", 200), (error.Code, error.CodeText, error.Status));
        Assert.Equal("{\"validationResponse\":\"512d38b6-c7b8-40c8-89fe-f46f9e9622b6\"}", error.Reply?.Body);
        Assert.Equal(200, error.Reply?.Status);
        Assert.Equal("application/json", error.Reply?.Headers.Single().Value);
        Assert.Equal("HttpReply(200)", $"{error.Reply}");
        Assert.Null(error.Authenticate);
        Assert.False(verifier.TryVerify(request, out VerifiedEvent? delivery, out VerificationFailure? failure));
        Assert.Null(delivery);
        Assert.Equal(error.Reply?.Body, failure.Reply?.Body);
    }

    [Fact]
    public async Task A_handshake_by_OPTIONS_names_the_origin()
    {
        using Verifier verifier = Make();
        WebhookRequest request = new(
            "OPTIONS", Deliveries.Url + Query, new Dictionary<string, string> { ["WebHook-Request-Origin"] = Origin }, []);

        VerificationResult result = await verifier.TryVerifyAsync(request, TestContext.Current.CancellationToken);

        Assert.False(result.IsVerified);
        Assert.Contains(KeyValuePair.Create("WebHook-Allowed-Origin", Origin), result.Failure.Reply!.Headers);
        Assert.Equal("", result.Failure.Reply.Body);
    }

    [Fact]
    public void A_refused_handshake_has_its_own_status_and_no_reply()
    {
        using Verifier verifier = Make();
        var origin = new Dictionary<string, string> { ["WebHook-Request-Origin"] = "evil.example" };
        var headers = new Dictionary<string, string>(ValidationHeaders) { ["aeg-subscription-name"] = "another" };
        (WebhookRequest Request, int Status)[] refused =
        [
            (new("OPTIONS", Deliveries.Url + Query, origin, []), 405),
            (new("POST", Deliveries.Url + Query, headers, Validation), 403),
            (new("POST", Deliveries.Url, ValidationHeaders, Validation), 401),
        ];
        Assert.All(refused, handshake =>
        {
            Assert.False(verifier.TryVerify(handshake.Request, out _, out VerificationFailure? failure));
            Assert.NotEqual(ErrorCode.Challenge, failure.Code);
            Assert.Equal(handshake.Status, failure.Status);
            Assert.Null(failure.Reply);
        });
    }
}
