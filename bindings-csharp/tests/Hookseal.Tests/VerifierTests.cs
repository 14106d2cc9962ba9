using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Time.Testing;

namespace Hookseal.Tests;

public class VerifierTests
{
    [Fact]
    public void A_genuine_delivery_is_handed_out_with_its_facts()
    {
        using Verifier verifier = Deliveries.Plivo();

        VerifiedEvent delivery = verifier.Verify(Deliveries.Request());

        Assert.Equal(Deliveries.Body, delivery.Payload);
        Assert.Equal("plivo", delivery.Scheme);
        Assert.Equal("0", delivery.KeyId);
        Assert.Null(delivery.Timestamp);
        Assert.Equal(Deliveries.Nonce, delivery.DeliveryId);
        Assert.Matches("^[0-9a-f]{64}$", delivery.ReplayKey);
        Assert.Empty(delivery.Claims);
        Assert.Equal(CoverageLevel.Joined, delivery.Covers.Body);
        Assert.Equal(CoverageLevel.Joined, delivery.Covers.Url);
        Assert.Equal(Coverage.None, delivery.Covers.Timestamp);
        Assert.Equal(Coverage.Signed, delivery.Covers.DeliveryId);
        Assert.False(delivery.Covers.Confidential);
        Assert.Equal(["url.base", "query", "form", "delivery_id"], delivery.Covers.Parts);
        Assert.Equal("as-is", delivery.UrlForm);
        Assert.Empty(typeof(VerifiedEvent).GetConstructors());
    }

    [Fact]
    public void Fields_that_run_together_are_joined()
    {
        using Verifier twilio = new("twilio", new() { ["auth_token"] = Deliveries.Token });
        Dictionary<string, string> headers = new() { ["Content-Type"] = "application/x-www-form-urlencoded" };
        foreach ((string name, string value) in twilio.Sign("POST", Deliveries.Url, Deliveries.Body, headers))
        {
            headers[name] = value;
        }

        Covers covers = twilio.Verify(Deliveries.Request(headers)).Covers;

        Assert.Equal((CoverageLevel.Joined, CoverageLevel.Joined), (covers.Body, covers.Url));
        Assert.Equal(["url", "form"], covers.Parts);
        Assert.Contains("Parts = [url, form]", covers.ToString(), StringComparison.Ordinal);
        Assert.Equal(covers, twilio.Verify(Deliveries.Request(headers)).Covers);
        using Verifier plivo = Deliveries.Plivo();
        Assert.NotEqual(covers, plivo.Verify(Deliveries.Request()).Covers);
    }

    [Fact]
    public void A_payload_stays_what_was_verified()
    {
        using Verifier verifier = Deliveries.GitHub();
        byte[] body = [1, 2, 3];
        WebhookRequest request = Deliveries.Signed(verifier, body);
        VerifiedEvent delivery = verifier.Verify(request);
        body[0] = 9;
        Assert.Equal([1, 2, 3], delivery.Payload.ToArray());
        // What is verified again is what was there when the request was made.
        Assert.Equal([1, 2, 3], verifier.Verify(request).Payload.ToArray());

        // Memory is not copied: whoever passes it vouches for it.
        ReadOnlyMemory<byte> memory = new byte[] { 1, 2, 3 };
        Assert.True(verifier.Verify(new("POST", Deliveries.Url, request.Headers, memory)).Payload.Equals(memory));
    }

    [Fact]
    public void The_parts_of_a_url_stay_apart()
    {
        using Verifier verifier = Deliveries.Plivo();
        WebhookRequest Received(string? authority, string target, string? scheme) =>
            new("POST", target, Deliveries.Headers, Deliveries.Body) { Authority = authority, Scheme = scheme };

        Assert.Equal("plivo", verifier.Verify(Received("example.com", "/answer", "https")).Scheme);
        Assert.Equal(ErrorCode.SignatureMismatch, Fails(verifier, Received("example.com", "/answer", "http")));
        Assert.Equal(ErrorCode.MalformedUrl, Fails(verifier, Received("example.com/answer#", "/other", "https")));
        Assert.Equal(ErrorCode.MalformedUrl, Fails(verifier, Received("example.com/answer?", "/other", "https")));
        Assert.Equal(ErrorCode.MalformedUrl, Fails(verifier, Received("example.com", "/answer#/../other", "https")));
        Assert.Equal(ErrorCode.MalformedUrl, Fails(verifier, Received("example.com, x", "/answer", "https")));
        Assert.Equal(ErrorCode.MalformedUrl, Fails(verifier, Received("", "/answer", "https")));
        Assert.Equal(ErrorCode.MalformedUrl, Fails(verifier, Received(null, "/answer", "https")));
        Assert.Equal(ErrorCode.MalformedUrl, Fails(verifier, Received("example.com", "/answer", null)));
    }

    [Fact]
    public void The_zone_of_an_address_is_no_part_of_it()
    {
        using var verifier = new Verifier("github", new() { ["secret"] = Deliveries.Secret, ["allowed_ips"] = new[] { "fe80::1" } });
        using Verifier sender = Deliveries.GitHub();
        WebhookRequest From(string address) => Deliveries.Signed(sender, []) with { PeerAddress = IPAddress.Parse(address) };
        Assert.NotNull(verifier.Verify(From("fe80::1%3")));
        Assert.Equal(ErrorCode.IpNotAllowed, Fails(verifier, From("fe80::2%3")));
    }

    [Fact]
    public void A_head_is_refused_without_its_body_and_never_verified()
    {
        using Verifier verifier = Deliveries.Plivo();
        WebhookRequest Head(WebhookHeaders headers, string url = Deliveries.Url) => new("POST", url, headers, null);

        Assert.True(verifier.TryCheckHead(Head(Deliveries.Headers), out VerificationFailure? failure));
        Assert.Null(failure);
        Assert.False(verifier.TryCheckHead(Head(new Dictionary<string, string>()), out failure));
        Assert.Equal((ErrorCode.MissingHeader, 401), (failure.Code, failure.Status));
        Assert.False(verifier.TryCheckHead(Head(Deliveries.Headers, "/answer"), out failure));
        Assert.Equal(ErrorCode.MalformedUrl, failure.Code);
        Assert.Throws<ConfigurationException>(() => verifier.TryCheckHead(default, out _));
    }

    [Fact]
    public void The_clock_of_a_verifier_counts_where_a_call_names_no_time()
    {
        var clock = new FakeTimeProvider(DateTimeOffset.FromUnixTimeSeconds(1_700_000_000));
        using var verifier = new Verifier(
            "standard-webhooks",
            new() { ["secret"] = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw" },
            new() { TimeProvider = clock });
        WebhookRequest signed = Deliveries.Signed(verifier, []);
        Assert.Equal(1_700_000_000, verifier.Verify(signed).Timestamp);

        clock.Advance(TimeSpan.FromHours(1));
        Assert.Equal(ErrorCode.TimestampTooOld, Fails(verifier, signed));
        Assert.NotNull(verifier.Verify(signed with { Now = 1_700_000_000 }));

        using var other = new Verifier("standard-webhooks", new() { ["secret"] = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw" });
        Assert.Equal(ErrorCode.TimestampTooOld, Fails(other, signed));
    }

    [Fact]
    public void A_forged_delivery_throws_with_code_status_and_detail()
    {
        using Verifier verifier = Deliveries.Plivo();
        byte[] body = [.. Deliveries.Body, (byte)'5'];

        VerificationException error = Assert.Throws<VerificationException>(() => verifier.Verify(Deliveries.Request(body: body)));

        Assert.IsAssignableFrom<HooksealException>(error);
        Assert.Equal(ErrorCode.SignatureMismatch, error.Code);
        Assert.Equal("signature_mismatch", error.CodeText);
        Assert.Equal(401, error.Status);
        Assert.NotEmpty(error.Detail);
        Assert.Equal($"{error.CodeText}: {error.Detail}", error.Message);
    }

    [Fact]
    public void TryVerify_tells_the_same_without_an_exception()
    {
        using Verifier verifier = Deliveries.Plivo();

        Assert.True(verifier.TryVerify(Deliveries.Request(), out VerifiedEvent? delivery, out VerificationFailure? failure));
        Assert.NotNull(delivery);
        Assert.Null(failure);

        var unsigned = new Dictionary<string, string>();
        Assert.False(verifier.TryVerify(Deliveries.Request(unsigned), out delivery, out failure));
        Assert.Null(delivery);
        Assert.Equal(ErrorCode.MissingHeader, failure.Code);
        Assert.Equal(401, failure.Status);
        Assert.Equal($"missing_header: {failure.Detail}", failure.ToString());
    }

    [Fact]
    public void Headers_come_in_every_form_and_without_regard_to_case()
    {
        using Verifier verifier = Deliveries.Plivo();
        Dictionary<string, string> headers = Deliveries.Headers;
        var upper = headers.ToDictionary(header => header.Key.ToUpperInvariant(), header => header.Value);
        using var message = new HttpRequestMessage();
        foreach ((string name, string value) in headers.Where(header => header.Key != "Content-Type"))
        {
            message.Headers.Add(name, value);
        }
        WebhookHeaders[] forms =
        [
            headers,
            upper,
            headers.ToArray(),
            headers.ToList(),
            WebhookHeaders.From((IReadOnlyDictionary<string, string>)headers),
            WebhookHeaders.From(headers.Select(header => KeyValuePair.Create(header.Key, new[] { header.Value }))),
            WebhookHeaders.From(message.Headers),
            WebhookHeaders.From(new ByteHeaders(headers)),
        ];
        Assert.All(forms, form => Assert.NotNull(verifier.Verify(Deliveries.Request(form))));
    }

    [Fact]
    public void A_header_that_comes_twice_counts_once_or_is_ambiguous()
    {
        using Verifier verifier = Deliveries.Plivo();
        var same = Deliveries.Headers.ToList();
        same.Add(KeyValuePair.Create("x-plivo-signature-v3-nonce", Deliveries.Nonce));
        Assert.NotNull(verifier.Verify(Deliveries.Request(same)));

        var different = Deliveries.Headers.ToList();
        different.Add(KeyValuePair.Create("x-plivo-signature-v3-nonce", "54321"));
        Assert.Equal(ErrorCode.AmbiguousHeader, Fails(verifier, Deliveries.Request(different)));
    }

    [Fact]
    public void Any_bytes_are_a_body()
    {
        using Verifier verifier = Deliveries.GitHub();
        byte[] large = new byte[64 << 10];
        Random.Shared.NextBytes(large);
        byte[][] bodies = [[], [0x00, 0xff, 0xfe, 0x80, 0xc3, 0x28], Encoding.UTF8.GetBytes("\ufeff\u2028😀"), large];
        Assert.All(bodies, body =>
        {
            VerifiedEvent delivery = verifier.Verify(Deliveries.Signed(verifier, body));
            Assert.Equal(body, delivery.Payload.ToArray());
            Assert.Equal(ErrorCode.SignatureMismatch, Fails(verifier, Changed(verifier, body)));
        });

        static WebhookRequest Changed(Verifier verifier, byte[] body)
        {
            WebhookRequest signed = Deliveries.Signed(verifier, body);
            return new(signed.Method, signed.Url, signed.Headers, [.. body, (byte)'\n']);
        }
    }

    [Fact]
    public void No_body_is_not_an_empty_body()
    {
        using Verifier verifier = Deliveries.Plivo();
        Assert.Equal(ErrorCode.BodyAlreadyParsed, Fails(verifier, new("POST", Deliveries.Url, Deliveries.Headers, null)));
        Assert.Equal(ErrorCode.SignatureMismatch, Fails(verifier, new("POST", Deliveries.Url, Deliveries.Headers, [])));
        Assert.Throws<ConfigurationException>(() => verifier.Verify(default));
    }

    [Fact]
    public void A_null_method_or_url_is_a_fault_of_the_caller()
    {
        using Verifier verifier = Deliveries.Plivo();
        Assert.Throws<ConfigurationException>(() => verifier.Verify(new(null!, Deliveries.Url, Deliveries.Headers, [])));
        Assert.Throws<ConfigurationException>(() => verifier.Verify(new("GET", null!, Deliveries.Headers, [])));
    }

    [Fact]
    public void Signing_and_verifying_are_two_halves()
    {
        using var verifier = new Verifier("standard-webhooks", new()
        {
            ["secret"] = new Dictionary<string, string>
            {
                ["old"] = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
                ["new"] = "whsec_plJ3nmyCDGBKInavdOK15jsl1ySpoMVl",
            },
        });
        byte[] body = "{\"type\":\"ping\"}"u8.ToArray();
        const long Now = 1_700_000_000;

        IReadOnlyDictionary<string, string> headers =
            verifier.Sign("POST", Deliveries.Url, body, deliveryId: "msg_1", now: Now, keyId: "old");
        VerifiedEvent delivery = verifier.Verify(new("POST", Deliveries.Url, WebhookHeaders.From(headers), body) { Now = Now });

        Assert.Equal("old", delivery.KeyId);
        Assert.Equal("msg_1", delivery.DeliveryId);
        Assert.Equal(Now, delivery.Timestamp);
        Assert.Equal(CoverageLevel.Full, delivery.Covers.Body);
        WebhookRequest late = new("POST", Deliveries.Url, WebhookHeaders.From(headers), body) { Now = Now + 3600 };
        Assert.Equal(ErrorCode.TimestampTooOld, Fails(verifier, late));
        WebhookRequest bySystemClock = new("POST", Deliveries.Url, WebhookHeaders.From(headers), body);
        Assert.Equal(ErrorCode.TimestampTooOld, Fails(verifier, bySystemClock));
        Assert.Throws<ConfigurationException>(() => verifier.Sign("POST", Deliveries.Url, body, keyId: "none"));
    }

    [Fact]
    public void A_peer_address_is_checked_in_every_notation()
    {
        using var verifier = new Verifier("plivo", new()
        {
            ["auth_token"] = Deliveries.Token,
            ["allowed_ips"] = new[] { "192.0.2.0/24", "2001:db8::/32" },
        });
        foreach (string peer in new[] { "192.0.2.7", "::ffff:192.0.2.7", "2001:db8::1", "2001:db8::1%3" })
        {
            Assert.NotNull(verifier.Verify(Deliveries.Request() with { PeerAddress = IPAddress.Parse(peer) }));
        }
        WebhookRequest outside = Deliveries.Request() with { PeerAddress = IPAddress.Parse("198.51.100.1") };
        Assert.Equal(ErrorCode.IpNotAllowed, Fails(verifier, outside));
        Assert.Equal(ErrorCode.IpNotAllowed, Fails(verifier, Deliveries.Request()));
    }

    [Fact]
    public void A_scheme_of_ones_own_is_json_text_or_an_object()
    {
        var scheme = new JsonObject
        {
            ["id"] = "acme",
            ["title"] = "Acme",
            ["docs"] = "https://acme.example/webhooks",
            ["status"] = "stable",
            ["key"] = new JsonObject { ["option"] = "secret", ["hint"] = "the secret of the webhook" },
            ["signature"] = new JsonObject
            {
                ["algorithm"] = "hmac-sha256",
                ["from"] = "header:x-acme-signature",
                ["encoding"] = "hex",
                ["signed"] = "{body}",
            },
        };
        using var fromObject = new Verifier(scheme, new() { ["secret"] = Deliveries.Secret });
        using var fromText = new Verifier(scheme.ToJsonString(), new() { ["secret"] = Deliveries.Secret });
        byte[] body = "{}"u8.ToArray();

        IReadOnlyDictionary<string, string> headers = fromObject.Sign("POST", Deliveries.Url, body);
        VerifiedEvent delivery = fromText.Verify(new("POST", Deliveries.Url, WebhookHeaders.From(headers), body));

        Assert.Equal("acme", delivery.Scheme);
        Assert.Equal(["x-acme-signature"], fromText.HeaderNames);
        Assert.Throws<ConfigurationException>(() => new Verifier(new JsonObject { ["id"] = "acme" }));
        Assert.Throws<ConfigurationException>(() => new Verifier((JsonObject)null!));
    }

    [Fact]
    public void The_catalogue_lists_schemes_with_options()
    {
        SchemeInfo scheme = Assert.Single(Catalogue.Schemes, scheme => scheme.Id == "plivo");
        Assert.NotEmpty(scheme.Title);
        Assert.StartsWith("https://", scheme.Documentation, StringComparison.Ordinal);
        Assert.True(scheme.CanSign);
        Assert.False(Assert.Single(Catalogue.Schemes, scheme => scheme.Id == "basic").CanSign);
        Assert.Contains(scheme.Options, option => option is { Name: "auth_token", IsSecret: true, IsRequired: true });
    }

    internal static ErrorCode Fails(Verifier verifier, WebhookRequest request)
    {
        Assert.False(verifier.TryVerify(request, out VerifiedEvent? delivery, out VerificationFailure? failure));
        Assert.Null(delivery);
        return failure.Code;
    }

    /// <summary>A server that keeps headers as they came over the wire.</summary>
    private sealed class ByteHeaders(Dictionary<string, string> headers) : IHeaderSource
    {
        public void Read(string name, ref HeaderValues values)
        {
            foreach ((string candidate, string value) in headers)
            {
                if (candidate.Equals(name, StringComparison.OrdinalIgnoreCase))
                {
                    values.Add(Encoding.ASCII.GetBytes(value));
                }
            }
        }
    }
}
