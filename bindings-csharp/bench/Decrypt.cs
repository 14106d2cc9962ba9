using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Hookseal.Bench;

/// <summary>An encrypted body with its IV in the query: against what the platform offers.</summary>
internal static class Decrypt
{
    private const string Secret = "0123456789abcdef0123456789abcdef";
    private const string Iv = "9f3c00ff10a7e2d45b8871c60d4e93fa";
    private const string Url = $"https://example.com/hook?iv={Iv}";

    internal static void Run()
    {
        byte[] key = Encoding.ASCII.GetBytes(Secret);
        foreach (int size in new[] { 200, 1024 })
        {
            byte[] plaintext = Plaintext(size);
            using var aes = Aes.Create();
            aes.Key = key;
            byte[] body = Base64(aes.EncryptCbc(plaintext, Convert.FromHexString(Iv)));
            Race($"aes-256-cbc {size} B", "aes-256-cbc", body, () => HandWrittenCbc(key, body).Length == size);
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

    private static byte[] HandWrittenCbc(byte[] key, byte[] body)
    {
        using var aes = Aes.Create();
        aes.Key = key;
        return aes.DecryptCbc(Convert.FromBase64String(Encoding.ASCII.GetString(body)), IvOf(Url));
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

    private static byte[] Plaintext(int size)
    {
        byte[] plaintext = new byte[size];
        new Random(1).NextBytes(plaintext);
        return plaintext;
    }

    private static byte[] Base64(byte[] bytes) => Encoding.ASCII.GetBytes(Convert.ToBase64String(bytes));
}
