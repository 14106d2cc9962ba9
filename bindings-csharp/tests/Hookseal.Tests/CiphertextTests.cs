using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Hookseal.Tests;

/// <summary>Ciphertexts that were kept without their deliveries.</summary>
public class CiphertextTests
{
    private static readonly byte[] s_key = Encoding.ASCII.GetBytes("0123456789abcdef0123456789abcdef");
    private static readonly byte[] s_iv = Convert.FromHexString("9f3c00ff10a7e2d45b8871c60d4e93fa");

    private static Verifier Make(string plaintext = "bytes", string cipher = "aes-256-cbc", string iv = "required") =>
        new("vcc-live", new()
        {
            ["cipher"] = cipher,
            ["secret"] = s_key,
            ["random_iv"] = iv,
            ["plaintext"] = plaintext,
        });

    private static byte[] Encrypt(byte[] plaintext, byte[]? iv = null, PaddingMode padding = PaddingMode.PKCS7)
    {
        using var aes = Aes.Create();
        aes.Key = s_key;
        return aes.EncryptCbc(plaintext, iv ?? s_iv, padding);
    }

    [Fact]
    public void Every_case_of_the_file_gets_its_plaintext_or_its_code()
    {
        using JsonDocument document = JsonDocument.Parse(Checkout.Read("tests", "ciphertexts.json"));
        var disagreements = new List<string>();
        int run = 0;
        foreach (JsonElement kept in document.RootElement.GetProperty("cases").EnumerateArray())
        {
            string expected = Text(kept, "plaintext") ?? kept.GetProperty("code").GetString()!;
            string got = Decrypt(kept);
            if (got != expected)
            {
                disagreements.Add($"{Text(kept, "name")}: expected {expected}, got {got}");
            }
            run++;
        }
        Assert.Empty(disagreements);
        Assert.Equal(document.RootElement.GetProperty("count").GetInt32(), run);

        static string Decrypt(JsonElement kept)
        {
            using var verifier = new Verifier(
                Text(kept, "scheme")!, JsonOptions.Read(kept.GetProperty("options").EnumerateObject()));
            byte[] ciphertext = Convert.FromHexString(Text(kept, "ciphertext")!);
            byte[] iv = Convert.FromHexString(Text(kept, "iv") ?? "");
            try
            {
                return Convert.ToHexStringLower(verifier.Decrypt(ciphertext, iv, Text(kept, "cipher")));
            }
            catch (HooksealException error)
            {
                Assert.Equal(error is ConfigurationException, error.Code == ErrorCode.Configuration);
                return error.CodeText;
            }
        }

        static string? Text(JsonElement kept, string name) =>
            kept.TryGetProperty(name, out JsonElement value) ? value.GetString() : null;
    }

    [Fact]
    public void A_ciphertext_of_any_length_is_decrypted()
    {
        using Verifier padded = Make();
        using Verifier stream = Make(cipher: "aes-256-ctr");
        int[] lengths = [0, 1, 15, 16, 17, 1024, 4097, 300 << 10];
        Assert.All(lengths, length =>
        {
            byte[] plaintext = new byte[length];
            Random.Shared.NextBytes(plaintext);
            byte[] ciphertext = Encrypt(plaintext);
            byte[] before = [.. ciphertext];
            Assert.Equal(plaintext, padded.Decrypt(ciphertext, s_iv));
            Assert.Equal(before, ciphertext);

            // This mode is its own inverse.
            byte[] other = stream.Decrypt(plaintext, s_iv);
            Assert.Equal(length, other.Length);
            Assert.Equal(plaintext, stream.Decrypt(other, s_iv));
        });
    }

    [Fact]
    public void An_empty_iv_is_none()
    {
        byte[] plaintext = "{}"u8.ToArray();
        byte[] ciphertext = Encrypt(plaintext, new byte[16]);
        using Verifier optional = Make(iv: "optional");
        Assert.Equal(plaintext, optional.Decrypt(ciphertext));
        Assert.Equal(plaintext, optional.Decrypt(ciphertext, []));
        Assert.Equal(plaintext, optional.Decrypt(ciphertext, (byte[]?)null));
        Assert.Equal(plaintext, optional.Decrypt(ciphertext, Array.Empty<byte>()));
        using Verifier required = Make();
        Assert.Equal(ErrorCode.DecryptionFailed, Fails(required, ciphertext, []).Code);
    }

    [Fact]
    public void All_that_can_be_wrong_with_a_ciphertext_is_one_failure()
    {
        using Verifier verifier = Make("json");
        byte[] good = Encrypt("{\"SAID\":1}"u8.ToArray());
        Assert.NotNull(verifier.Decrypt(good, s_iv));
        (byte[]? Ciphertext, byte[] Iv)[] broken =
        [
            (null, s_iv),
            ([], s_iv),
            (good[..^1], s_iv),
            ([.. good, .. good], s_iv),
            (good, []),
            (good, s_iv[1..]),
            (good, [.. s_iv, 0]),
            (good, new byte[1 << 20]),
            (Encrypt(new byte[16], padding: PaddingMode.None), s_iv),
            (Encrypt("SAID, no JSON"u8.ToArray()), s_iv),
            (Encrypt([0xff, 0xfe]), s_iv),
        ];
        string[] failures = [.. broken.Select(kept => Fails(verifier, kept.Ciphertext, kept.Iv))
            .Select(error => $"{error.Status} {error.CodeText}: {error.Detail} {error.Authenticate}{error.Reply}")];
        string failure = Assert.Single(failures.Distinct());
        Assert.StartsWith("401 decryption_failed: ", failure, StringComparison.Ordinal);
        Assert.DoesNotContain("SAID", failure, StringComparison.Ordinal);
    }

    [Fact]
    public void Only_the_name_of_an_allowed_cipher_will_do()
    {
        using Verifier verifier = Make();
        byte[] ciphertext = Encrypt([1, 2, 3]);
        Assert.Equal([1, 2, 3], verifier.Decrypt(ciphertext, s_iv, "aes-256-cbc"));
        Assert.Equal([1, 2, 3], verifier.Decrypt(ciphertext, s_iv, "AES-256-CBC"));
        string[] names =
        [
            "",
            " ",
            "aes-256-cbc\0",
            "aes-256-cb\u0163",
            "\ud800",
            "aes-256-cbc" + new string(' ', 53),
            "aes-256-cbc" + new string(' ', 54),
            new('a', 1 << 20),
            "none",
            "aes-256-gcm",
        ];
        Assert.All(names, name => Assert.Equal(ErrorCode.CipherNotAllowed, Fails(verifier, ciphertext, s_iv, name).Code));
    }

    [Fact]
    public void More_than_the_longest_body_is_refused()
    {
        using Verifier verifier = Make();
        byte[] large = new byte[verifier.MaxBodyBytes + 16];
        Assert.Equal(ErrorCode.BodyTooLarge, Fails(verifier, large, s_iv).Code);
        Assert.Equal(ErrorCode.DecryptionFailed, Fails(verifier, large[..^16], s_iv).Code);
    }

    [Fact]
    public void A_disposed_verifier_says_so()
    {
        Verifier verifier = Make();
        verifier.Dispose();
        Assert.Throws<ObjectDisposedException>(() => verifier.Decrypt(Encrypt([1]), s_iv));
    }

    [Fact]
    public void Threads_get_their_own_plaintexts()
    {
        using Verifier verifier = Make();
        Parallel.For(0, 8, worker =>
        {
            byte[] plaintext = Encoding.ASCII.GetBytes(new string((char)('a' + worker), 1000 * worker));
            byte[] ciphertext = Encrypt(plaintext);
            for (int round = 0; round < 2000; round++)
            {
                Assert.Equal(plaintext, verifier.Decrypt(ciphertext, s_iv));
            }
        });
    }

    [Fact]
    public async Task A_ciphertext_that_changes_during_a_call_is_decrypted_or_not_and_never_a_crash()
    {
        using Verifier verifier = Make();
        byte[] plaintext = new byte[256 << 10];
        byte[] ciphertext = Encrypt(plaintext);
        using var stop = new CancellationTokenSource();
        var writer = Task.Run(() =>
        {
            while (!stop.IsCancellationRequested)
            {
                ciphertext[^1]++;
            }
        }, TestContext.Current.CancellationToken);
        try
        {
            for (int round = 0; round < 200; round++)
            {
                try
                {
                    // A changed block ends by chance in what is a padding, too.
                    Assert.InRange(verifier.Decrypt(ciphertext, s_iv).Length, plaintext.Length, plaintext.Length + 15);
                }
                catch (VerificationException error)
                {
                    Assert.Equal(ErrorCode.DecryptionFailed, error.Code);
                }
            }
        }
        finally
        {
            await stop.CancelAsync();
            await writer;
        }
    }

    private static VerificationException Fails(Verifier verifier, byte[]? ciphertext, byte[] iv, string? cipher = null) =>
        Assert.Throws<VerificationException>(() => verifier.Decrypt(ciphertext, iv, cipher));
}
