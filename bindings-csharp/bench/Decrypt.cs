using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Hookseal.Bench;

/// <summary>
/// Against what a careful user writes with what the platform offers. A ciphertext and its IV, as bytes; an
/// encrypted body in base64 with its IV in the query; and such a body with all that a delivery is checked for.
/// </summary>
internal static class Decrypt
{
    private const string Secret = "0123456789abcdef0123456789abcdef";
    private const string Iv = "9f3c00ff10a7e2d45b8871c60d4e93fa";
    private const string Token = "a-token-that-nobody-else-knows";
    private const string Url = $"https://example.com/hook?iv={Iv}";
    private const string UrlWithToken = $"https://example.com/hook?secret-key={Token}&iv={Iv}";

    internal static void Run()
    {
        byte[] key = Encoding.ASCII.GetBytes(Secret);
        byte[] token = Encoding.ASCII.GetBytes(Token);
        byte[] iv = Convert.FromHexString(Iv);
        foreach (int size in new[] { 200, 1024, 64 << 10 })
        {
            byte[] ciphertext = EncryptCbc(key, Plaintext(size));
            RaceAlone($"aes-256-cbc {size} B, Decrypt", "aes-256-cbc", ciphertext, () => DecryptCbc(key, ciphertext, iv).Length == size);
        }
        byte[] stream = Plaintext(1024);
        ApplyCtr(key, iv, stream);
        RaceAlone("aes-256-ctr 1024 B, Decrypt", "aes-256-ctr", stream, () => DecryptCtr(key, stream, iv).Length == 1024);
        foreach (int size in new[] { 200, 1024 })
        {
            byte[] body = Base64(EncryptCbc(key, Plaintext(size)));
            Race($"aes-256-cbc {size} B", "aes-256-cbc", body, () => HandWrittenCbc(key, Url, body).Length == size);
            byte[] jsonBody = Base64(EncryptCbc(key, JsonText(size)));
            RaceWithToken($"vcc-live {size} B, token, JSON", jsonBody, () => HandWrittenDelivery(token, key, jsonBody));
        }
        byte[] ctrBody = Base64(stream);
        Race("aes-256-ctr 1024 B", "aes-256-ctr", ctrBody, () => HandWrittenCtr(key, ctrBody).Length == 1024);
    }

    private static void RaceAlone(string name, string cipher, byte[] ciphertext, Func<bool> peer)
    {
        using Verifier verifier = Make(cipher);
        byte[] iv = Convert.FromHexString(Iv);
        int length = verifier.Decrypt(ciphertext, iv).Length;
        Bench.Race.Run(name, () => verifier.Decrypt(ciphertext, iv).Length == length, peer);
    }

    private static void Race(string name, string cipher, byte[] body, Func<bool> peer)
    {
        using Verifier verifier = Make(cipher);
        Bench.Race.Run(name, () => verifier.TryVerify(new("POST", Url, default, body), out _, out _), peer);
    }

    private static void RaceWithToken(string name, byte[] body, Func<bool> peer)
    {
        using var verifier = new Verifier("vcc-live", new()
        {
            ["url_token"] = Token,
            ["cipher"] = "aes-256-cbc",
            ["secret"] = Secret,
        });
        Bench.Race.Run(name, () => verifier.TryVerify(new("POST", UrlWithToken, default, body), out _, out _), peer);
    }

    private static Verifier Make(string cipher) => new("vcc-live", new()
    {
        ["cipher"] = cipher,
        ["secret"] = Secret,
        ["random_iv"] = "required",
        ["plaintext"] = "bytes",
    });

    /// <summary>With a new object, since the platform promises of none that threads may share it.</summary>
    private static byte[] DecryptCbc(byte[] key, byte[] ciphertext, byte[] iv)
    {
        using var aes = Aes.Create();
        aes.Key = key;
        return aes.DecryptCbc(ciphertext, iv);
    }

    private static byte[] DecryptCtr(byte[] key, byte[] ciphertext, byte[] iv)
    {
        byte[] text = [.. ciphertext];
        ApplyCtr(key, iv, text);
        return text;
    }

    private static byte[] HandWrittenCbc(byte[] key, string url, byte[] body) =>
        DecryptCbc(key, Convert.FromBase64String(Encoding.ASCII.GetString(body)), IvOf(url));

    private static bool HandWrittenDelivery(byte[] token, byte[] key, byte[] body)
    {
        if (!CryptographicOperations.FixedTimeEquals(TokenOf(UrlWithToken), token))
        {
            return false;
        }
        using var json = JsonDocument.Parse(HandWrittenCbc(key, UrlWithToken, body));
        return json.RootElement.ValueKind == JsonValueKind.Object;
    }

    private static byte[] HandWrittenCtr(byte[] key, byte[] body)
    {
        byte[] text = Convert.FromBase64String(Encoding.ASCII.GetString(body));
        ApplyCtr(key, IvOf(Url), text);
        return text;
    }

    /// <summary>The platform has no CTR, so its key stream is made with ECB.</summary>
    private static void ApplyCtr(byte[] key, byte[] iv, byte[] text)
    {
        UInt128 counter = BinaryPrimitives.ReadUInt128BigEndian(iv);
        byte[] counters = new byte[(text.Length + 15) / 16 * 16];
        for (int block = 0; block < counters.Length; block += 16)
        {
            BinaryPrimitives.WriteUInt128BigEndian(counters.AsSpan(block), counter++);
        }
        using var aes = Aes.Create();
        aes.Key = key;
        byte[] keyStream = aes.EncryptEcb(counters, PaddingMode.None);
        for (int i = 0; i < text.Length; i++)
        {
            text[i] ^= keyStream[i];
        }
    }

    private static byte[] IvOf(string url)
    {
        int start = url.IndexOf("iv=", StringComparison.Ordinal) + 3;
        return Convert.FromHexString(url.AsSpan(start));
    }

    private static byte[] TokenOf(string url)
    {
        int start = url.IndexOf("secret-key=", StringComparison.Ordinal) + 11;
        int end = url.IndexOf('&', start);
        return Encoding.ASCII.GetBytes(url[start..end]);
    }

    private static byte[] EncryptCbc(byte[] key, byte[] plaintext)
    {
        using var aes = Aes.Create();
        aes.Key = key;
        return aes.EncryptCbc(plaintext, Convert.FromHexString(Iv));
    }

    /// <summary>Numbers in a list, of about that many bytes.</summary>
    private static byte[] JsonText(int size) =>
        Encoding.ASCII.GetBytes($"{{\"numbers\":[{string.Join(',', Enumerable.Range(1000, size / 5 - 2))}]}}");

    private static byte[] Plaintext(int size)
    {
        byte[] plaintext = new byte[size];
        new Random(1).NextBytes(plaintext);
        return plaintext;
    }

    private static byte[] Base64(byte[] bytes) => Encoding.ASCII.GetBytes(Convert.ToBase64String(bytes));
}
