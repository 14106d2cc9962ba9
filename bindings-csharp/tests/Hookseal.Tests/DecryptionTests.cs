using System.Security.Cryptography;
using System.Text;

namespace Hookseal.Tests;

/// <summary>Bodies that come encrypted.</summary>
public class DecryptionTests
{
    private const string Secret = "0123456789abcdef0123456789abcdef";
    private const string Iv = "9f3c00ff10a7e2d45b8871c60d4e93fa";
    private const string Url = $"https://example.com/hook?secret-key={Deliveries.Secret}&iv={Iv}";

    private static Verifier Make(string plaintext = "bytes") => new("vcc-live", new()
    {
        ["cipher"] = "aes-256-cbc",
        ["secret"] = Secret,
        ["url_token"] = Deliveries.Secret,
        ["plaintext"] = plaintext,
    });

    private static byte[] Encrypt(byte[] plaintext, PaddingMode padding = PaddingMode.PKCS7)
    {
        using var aes = Aes.Create();
        aes.Key = Encoding.ASCII.GetBytes(Secret);
        byte[] encrypted = aes.EncryptCbc(plaintext, Convert.FromHexString(Iv), padding);
        return Encoding.ASCII.GetBytes(Convert.ToBase64String(encrypted));
    }

    private static WebhookRequest Request(byte[] body, string url = Url) => new("POST", url, default, body);

    [Fact]
    public void The_payload_is_what_the_body_decrypts_to()
    {
        using Verifier verifier = Make();
        byte[] large = new byte[300 << 10];
        Random.Shared.NextBytes(large);
        byte[][] plaintexts = [[], [0], [0x00, 0xff, 0xc3], Encoding.UTF8.GetBytes("{\"name\":\"café\"}"), new byte[16], large];
        Assert.All(plaintexts, plaintext =>
        {
            byte[] body = Encrypt(plaintext);
            byte[] before = [.. body];

            VerifiedEvent delivery = verifier.Verify(Request(body));

            Assert.Equal(plaintext, delivery.Payload.ToArray());
            Assert.Equal(before, body);
            Assert.True(delivery.Covers.Confidential);
            Assert.Equal(CoverageLevel.None, delivery.Covers.Body);
            Assert.Null(delivery.ReplayKey);
            Assert.Empty(delivery.Claims);
        });
    }

    [Fact]
    public void All_that_can_be_wrong_with_an_encrypted_body_is_one_failure()
    {
        using Verifier verifier = Make("json");
        byte[] good = Encrypt("{\"a\":1}"u8.ToArray());
        Assert.NotNull(verifier.Verify(Request(good)));
        byte[] padded = Encrypt(new byte[16], PaddingMode.None);
        byte[][] bodies =
        [
            [],
            "not base64"u8.ToArray(),
            good[..^4],
            padded,
            Encrypt("no json"u8.ToArray()),
            Encrypt([0xff, 0xfe]),
            [.. good, .. good],
        ];
        var failures = new List<string>();
        foreach (byte[] body in bodies)
        {
            Assert.False(verifier.TryVerify(Request(body), out _, out VerificationFailure? failure));
            failures.Add($"{failure.Status} {failure} {failure.Authenticate}{failure.Reply}");
        }
        Assert.StartsWith("401 decryption_failed: ", Assert.Single(failures.Distinct()), StringComparison.Ordinal);
    }

    [Fact]
    public void Neither_an_event_nor_an_error_shows_what_was_decrypted()
    {
        const string Said = "SAID-MARKER-1234567890";
        using Verifier verifier = Make("json");
        VerifiedEvent delivery = verifier.Verify(Request(Encrypt(Encoding.ASCII.GetBytes($"\"{Said}\""))));
        Assert.DoesNotContain(Said, $"{delivery}", StringComparison.Ordinal);
        Assert.EndsWith("replay key none)", $"{delivery}", StringComparison.Ordinal);

        VerificationException error = Assert.Throws<VerificationException>(() =>
            verifier.Verify(Request(Encrypt(Encoding.ASCII.GetBytes(Said)))));
        Assert.DoesNotContain("SAID", error.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain(Secret, error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Threads_get_their_own_payloads()
    {
        using Verifier verifier = Make();
        Parallel.For(0, 8, worker =>
        {
            byte[] plaintext = Encoding.ASCII.GetBytes(new string((char)('a' + worker), 100 + worker));
            byte[] body = Encrypt(plaintext);
            for (int round = 0; round < 2000; round++)
            {
                Assert.Equal(plaintext, verifier.Verify(Request(body)).Payload.ToArray());
            }
        });
    }
}
