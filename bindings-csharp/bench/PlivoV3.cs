using System.Net;
using System.Security.Cryptography;
using System.Text;

namespace Hookseal.Bench;

/// <summary>A call with 20 form parameters, as Plivo's V3 signs it.</summary>
internal static class PlivoV3
{
    private const string Token = "ODE1ZmJkNzI3MzIwMmNmMDBiMDFiNjkxMDhlMjZj";
    private const string Url = "https://example.com/plivo/answer";

    internal static void Run()
    {
        using var verifier = new Verifier("plivo", new() { ["auth_token"] = Token });
        byte[] key = Encoding.UTF8.GetBytes(Token);
        byte[] body = Encoding.ASCII.GetBytes(string.Join('&', Enumerable.Range(0, 20)
            .Select(i => $"Parameter{i * 7 % 20:00}=value+{i}+with%20an%20escape%2B{i}")));
        var headers = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase)
        {
            ["Host"] = "example.com",
            ["User-Agent"] = "plivo",
            ["Content-Type"] = "application/x-www-form-urlencoded",
        };
        foreach ((string name, string value) in verifier.Sign("POST", Url, body, headers))
        {
            headers[name] = value;
        }
        Race.Run(
            "plivo V3, 20 parameters",
            () => verifier.TryVerify(new("POST", Url, headers, body), out _, out _),
            () => HandWritten(key, Url, headers, body));
    }

    /// <summary>For a URL without a query, which is what the benchmark sends.</summary>
    private static bool HandWritten(byte[] key, string url, Dictionary<string, string> headers, byte[] body)
    {
        if (!headers.TryGetValue("X-Plivo-Signature-V3", out string? signatures)
            || !headers.TryGetValue("X-Plivo-Signature-V3-Nonce", out string? nonce))
        {
            return false;
        }
        var text = new StringBuilder(url, 1024);
        List<(string Name, string Value)> parameters = Parse(Encoding.UTF8.GetString(body));
        parameters.Sort(static (a, b) =>
        {
            int order = string.CompareOrdinal(a.Name, b.Name);
            return order != 0 ? order : string.CompareOrdinal(a.Value, b.Value);
        });
        if (parameters.Count > 0)
        {
            text.Append('?');
        }
        foreach ((string name, string value) in parameters)
        {
            text.Append(name).Append(value);
        }
        text.Append('.').Append(nonce);
        byte[] expected = HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(text.ToString()));
        Span<byte> received = stackalloc byte[32];
        bool matches = false;
        foreach (string signature in signatures.Split(','))
        {
            matches |= Convert.TryFromBase64String(signature.Trim(), received, out int length)
                && length == expected.Length
                && CryptographicOperations.FixedTimeEquals(expected, received);
        }
        return matches;
    }

    private static List<(string Name, string Value)> Parse(string form)
    {
        var parameters = new List<(string, string)>();
        foreach (string pair in form.Split('&', StringSplitOptions.RemoveEmptyEntries))
        {
            int equals = pair.IndexOf('=', StringComparison.Ordinal);
            parameters.Add(equals < 0
                ? (WebUtility.UrlDecode(pair), "")
                : (WebUtility.UrlDecode(pair[..equals]), WebUtility.UrlDecode(pair[(equals + 1)..])));
        }
        return parameters;
    }
}
