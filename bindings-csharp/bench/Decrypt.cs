using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Hookseal.Bench;

/// <summary>
/// An encrypted body in base64 with its IV in the query: against what a careful user writes with what the
/// platform offers. Once for the decryption alone, and once with all that a delivery is checked for.
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
        foreach (int size in new[] { 200, 1024 })
        {
            byte[] body = EncryptCbc(key, Plaintext(size));
            Race($"aes-256-cbc {size} B", "aes-256-cbc", body, () => HandWrittenCbc(key, Url, body).Length == size);
            byte[] jsonBody = EncryptCbc(key, JsonText(size));
            RaceWithToken($"vcc-live {size} B, token, JSON", jsonBody, () => HandWrittenDelivery(token, key, jsonBody));
        }
        byte[] stream = Plaintext(1024);
        ApplyCtr(key, Convert.FromHexString(Iv), stream);
        byte[] ctrBody = Base64(stream);
        Race("aes-256-ctr 1024 B", "aes-256-ctr", ctrBody, () => HandWrittenCtr(key, ctrBody).Length == 1024);
    }

    private static void Race(string name, string cipher, byte[] body, Func<bool> peer)
    {
        using var verifier = new Verifier("vcc-live", new()
        {
            ["cipher"] = cipher,
            ["secret"] = Secret,
            ["random_iv"] = "required",
            ["plaintext"] = "bytes",
        });
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

    private static byte[] HandWrittenCbc(byte[] key, string url, byte[] body)
    {
        using var aes = Aes.Create();
        aes.Key = key;
        return aes.DecryptCbc(Convert.FromBase64String(Encoding.ASCII.GetString(body)), IvOf(url));
    }

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
        return Base64(aes.EncryptCbc(plaintext, Convert.FromHexString(Iv)));
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
