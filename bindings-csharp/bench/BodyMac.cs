using System.Security.Cryptography;
using System.Text;

namespace Hookseal.Bench;

/// <summary>HMAC-SHA256 over the body: against what a careful user writes in ten lines.</summary>
internal static class BodyMac
{
    private const string Secret = "a-secret-that-nobody-else-knows";

    internal static void Run()
    {
        using var verifier = new Verifier("github", new() { ["secret"] = Secret });
        byte[] key = Encoding.UTF8.GetBytes(Secret);
        foreach (int size in new[] { 200, 2048 })
        {
            byte[] body = new byte[size];
            new Random(1).NextBytes(body);
            var headers = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase)
            {
                ["Host"] = "example.com",
                ["User-Agent"] = "GitHub-Hookshot/044aadd",
                ["Content-Type"] = "application/json",
                ["X-GitHub-Event"] = "push",
                ["X-GitHub-Delivery"] = "72d3162e-cc78-11e3-81ab-4c9367dc0958",
                ["X-Hub-Signature-256"] = "sha256=" + Convert.ToHexStringLower(HMACSHA256.HashData(key, body)),
            };
            Race.Run(
                $"github {size} B",
                () => verifier.TryVerify(new("POST", "https://example.com/hook", headers, body), out _, out _),
                () => HandWritten(key, headers, body));
            // As a server does that has read the body into an array of its own.
            ReadOnlyMemory<byte> memory = body;
            Race.Run(
                $"github {size} B, body not copied",
                () => verifier.TryVerify(new("POST", "https://example.com/hook", headers, memory), out _, out _),
                () => HandWritten(key, headers, body));
        }
    }

    private static bool HandWritten(byte[] key, Dictionary<string, string> headers, byte[] body)
    {
        if (!headers.TryGetValue("X-Hub-Signature-256", out string? header)
            || !header.StartsWith("sha256=", StringComparison.Ordinal)
            || header.Length != 7 + 64)
        {
            return false;
        }
        byte[] received;
        try
        {
            received = Convert.FromHexString(header.AsSpan(7));
        }
        catch (FormatException)
        {
            return false;
        }
        byte[] expected = HMACSHA256.HashData(key, body);
        return CryptographicOperations.FixedTimeEquals(expected, received);
    }
}
