using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Hookseal.Tests;

public class RedactionTests
{
    private const string Marker = "SECRET-MARKER-1234567890";

    [Fact]
    public void Nothing_that_holds_a_key_shows_it()
    {
        OptionValue text = (OptionValue)Marker!;
        OptionValue bytes = (OptionValue)Encoding.ASCII.GetBytes(Marker)!;
        OptionValue list = OptionValue.List([Marker]);
        OptionValue labelled = OptionValue.Labelled([KeyValuePair.Create("label", Marker)]);
        var options = new VerifierOptions { ["auth_token"] = list };
        using var verifier = new Verifier("plivo", options);
        object[] holders = [text, bytes, list, labelled, options, verifier];
        Assert.All(holders, holder =>
        {
            AssertClean($"{holder} {JsonSerializer.Serialize(holder, holder.GetType())}");
            Assert.All(holder.GetType().GetProperties().Where(property => property.GetIndexParameters().Length == 0), property =>
                AssertClean($"{property.GetValue(holder)}"));
        });
        Assert.Equal("Verifier(plivo)", verifier.ToString());
        Assert.Equal("VerifierOptions(auth_token)", options.ToString());
    }

    [Fact]
    public void No_error_shows_a_key_a_signature_or_the_body()
    {
        using var verifier = new Verifier("github", new() { ["secret"] = Marker });
        byte[] body = Encoding.ASCII.GetBytes("BODY-MARKER-0987654321");
        byte[] expected = HMACSHA256.HashData(Encoding.ASCII.GetBytes(Marker), body);
        var headers = new Dictionary<string, string> { ["X-Hub-Signature-256"] = "sha256=" + new string('0', 64) };

        VerificationException error = Assert.Throws<VerificationException>(() =>
            verifier.Verify(new("POST", Deliveries.Url, headers, body)));

        Assert.Equal(ErrorCode.SignatureMismatch, error.Code);
        AssertClean(error.ToString());
        Assert.DoesNotContain("BODY-MARKER", error.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain(Convert.ToHexString(expected), error.ToString(), StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain(Convert.ToBase64String(expected), error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_refused_secret_is_not_quoted()
    {
        foreach (string secret in new[] { $" {Marker}", $"{Marker}\n", $"\"{Marker}\"", $"{Marker}\ud800", $"{Marker}\0" })
        {
            ConfigurationException error = Assert.Throws<ConfigurationException>(() =>
                new Verifier("plivo", new() { ["auth_token"] = secret }));
            AssertClean(error.ToString());
        }
    }

    [Fact]
    public void A_delivery_does_not_show_its_payload()
    {
        using Verifier verifier = Deliveries.Plivo();
        VerifiedEvent delivery = verifier.Verify(Deliveries.Request());
        Assert.DoesNotContain("14156667777", delivery.ToString(), StringComparison.Ordinal);
        Assert.Contains(delivery.ReplayKey!, delivery.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_serializer_shows_neither_payload_nor_claims()
    {
        using Verifier verifier = Deliveries.Plivo();
        WebhookRequest request = Deliveries.Request();
        VerifiedEvent delivery = verifier.Verify(request);
        string json = JsonSerializer.Serialize(new { delivery, request });
        Assert.Contains(delivery.ReplayKey!, json, StringComparison.Ordinal);
        foreach (string text in new[] { "14156667777", Convert.ToBase64String(Deliveries.Body), "Payload", "Claims", "Body", Deliveries.Url })
        {
            Assert.DoesNotContain(text, json.Replace("\"Body\":2", "", StringComparison.Ordinal), StringComparison.Ordinal);
        }
    }

    private static void AssertClean(string text)
    {
        Assert.DoesNotContain(Marker, text, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain(Convert.ToHexString(Encoding.ASCII.GetBytes(Marker)), text, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain(Convert.ToBase64String(Encoding.ASCII.GetBytes(Marker)), text, StringComparison.Ordinal);
    }
}
