using System.Diagnostics;
using System.Text;

namespace Hookseal.Tests;

/// <summary>Whatever comes in, only a typed rejection comes out, and soon.</summary>
public class BadInputTests
{
    private static readonly TimeSpan s_bound = TimeSpan.FromSeconds(5);

    [Fact]
    public void Every_truncated_signature_is_rejected()
    {
        using Verifier verifier = Deliveries.Plivo();
        for (int length = 0; length < Deliveries.Signature.Length; length++)
        {
            ErrorCode code = Rejects(verifier, With("X-Plivo-Signature-V3", Deliveries.Signature[..length]));
            Assert.True(code is ErrorCode.MissingHeader or ErrorCode.MalformedHeader or ErrorCode.SignatureMismatch);
        }
    }

    [Fact]
    public void Every_changed_bit_of_the_signature_is_rejected()
    {
        using Verifier verifier = Deliveries.Plivo();
        byte[] signature = Convert.FromBase64String(Deliveries.Signature);
        for (int bit = 0; bit < 8 * signature.Length; bit++)
        {
            signature[bit / 8] ^= (byte)(1 << (bit % 8));
            Rejects(verifier, With("X-Plivo-Signature-V3", Convert.ToBase64String(signature)));
            signature[bit / 8] ^= (byte)(1 << (bit % 8));
        }
    }

    public static TheoryData<string> Junk =>
    [
        "",
        " ",
        ",",
        ",,,,",
        "garbage",
        "v1,a,b",
        "====",
        "QUFNUHBhaE5m20p3UFtVHCb66PSliiukfx8M6MyiJwk",
        "QUFNUHBhaE5m20p3UFtVHCb66PSliiukfx8M6MyiJwl=",
        "QUFNUHBhaE5m20p3UFtVHCb66PSliiukfx8M6MyiJwk=\0",
        "QUFNUHBhaE5m20p3UFtVHCb66PSliiukfx8M6MyiJwk=\u0141",
        "QUFN\nUHBh",
        "\u00e9\u4e2d\U0001f600",
        "\ud800",
        "\udfff\ud800",
        new string('A', 1 << 20),
    ];

    [Theory]
    [MemberData(nameof(Junk), DisableDiscoveryEnumeration = true)]
    public void Junk_in_a_header_is_rejected(string junk)
    {
        using Verifier verifier = Deliveries.Plivo();
        Rejects(verifier, With("X-Plivo-Signature-V3", junk));
        Rejects(verifier, With("X-Plivo-Signature-V3-Nonce", junk));
    }

    [Fact]
    public void A_header_that_only_looks_right_is_rejected()
    {
        // U+0158 would become X if it were cut to its low byte.
        using Verifier verifier = Deliveries.Plivo();
        string cut = string.Concat(Deliveries.Signature.Select(digit => (char)(digit + 0x100)));
        Rejects(verifier, With("X-Plivo-Signature-V3", cut));
        Rejects(verifier, With("X-Plivo-Signature-V3\u0130", Deliveries.Signature, removed: true));
    }

    [Theory]
    [InlineData("")]
    [InlineData("/answer")]
    [InlineData("example.com/answer")]
    [InlineData("https://")]
    [InlineData("https:///answer")]
    [InlineData("https://example.com/ans\0wer")]
    [InlineData("https://example.com/a\r\nb")]
    [InlineData("https://example.com/%")]
    [InlineData("https://example.com/?%zz=%")]
    [InlineData("https://example.com/?\ud800")]
    [InlineData("https://[::1/answer")]
    [InlineData("https://example.com:99999/answer")]
    public void A_url_that_was_not_signed_is_rejected(string url)
    {
        using Verifier verifier = Deliveries.Plivo();
        Rejects(verifier, new("POST", url, Deliveries.Headers, Deliveries.Body));
    }

    [Theory]
    [InlineData("")]
    [InlineData("PUT")]
    [InlineData("P\0ST")]
    [InlineData("\ud800")]
    public void A_method_that_was_not_signed_is_rejected(string method)
    {
        using Verifier verifier = Deliveries.Plivo();
        Rejects(verifier, new(method, Deliveries.Url, Deliveries.Headers, Deliveries.Body));
    }

    public static TheoryData<string, byte[]> Bodies => new()
    {
        { "1 MiB of &", Repeat("&", 1 << 20) },
        { "more than 1 MiB", Repeat("&", (1 << 20) + 1) },
        { "100,000 parameters", Repeat("a=b&", 400_000) },
        { "a parameter of 1 MiB", Repeat("a", 1 << 20) },
        { "runs of %", Repeat("%", 1 << 20) },
        { "invalid escapes", Repeat("%zz=%f&", 70_000) },
        { "NUL bytes", new byte[1000] },
        { "not UTF-8", [0x3d, 0xff, 0xfe, 0x26, 0xc3, 0x28] },
    };

    [Theory]
    [MemberData(nameof(Bodies), DisableDiscoveryEnumeration = true)]
    public void A_large_or_broken_body_is_rejected_soon(string what, byte[] body)
    {
        using Verifier verifier = Deliveries.Plivo();
        Assert.NotEmpty(what);
        Rejects(verifier, Deliveries.Request(body: body));
    }

    [Fact]
    public void Ten_thousand_headers_are_passed_over()
    {
        using Verifier verifier = Deliveries.Plivo();
        var headers = Enumerable.Range(0, 10_000).Select(i => KeyValuePair.Create($"x-header-{i}", "value")).ToList();
        Rejects(verifier, Deliveries.Request(headers));
        headers.AddRange(Deliveries.Headers);
        Assert.NotNull(verifier.Verify(Deliveries.Request(headers)));
    }

    [Fact]
    public void Ten_thousand_copies_of_a_header_are_one_or_ambiguous()
    {
        using Verifier verifier = Deliveries.Plivo();
        var headers = Deliveries.Headers.ToList();
        headers.AddRange(Enumerable.Repeat(KeyValuePair.Create("X-PLIVO-SIGNATURE-V3", Deliveries.Signature), 10_000));
        Assert.NotNull(verifier.Verify(Deliveries.Request(headers)));
        headers.Add(KeyValuePair.Create("x-plivo-signature-v3", "other"));
        Assert.Equal(ErrorCode.AmbiguousHeader, Rejects(verifier, Deliveries.Request(headers)));
    }

    [Fact]
    public void A_thousand_signatures_are_bounded_work()
    {
        using Verifier verifier = Deliveries.Plivo();
        string many = string.Join(',', Enumerable.Repeat(Convert.ToBase64String(new byte[32]), 1000));
        Rejects(verifier, With("X-Plivo-Signature-V3", many));
        Rejects(verifier, With("X-Plivo-Signature-V3", new string(',', 64 << 10)));
    }

    [Fact]
    public void Headers_beyond_all_bounds_are_too_large()
    {
        using Verifier verifier = Deliveries.Plivo();
        string huge = new('A', 40 << 20);
        KeyValuePair<string, string>[] headers =
        [
            KeyValuePair.Create("X-Plivo-Signature-V3", huge),
            KeyValuePair.Create("X-Plivo-Signature-V3", huge),
        ];
        Assert.Equal(ErrorCode.BodyTooLarge, Rejects(verifier, Deliveries.Request(headers)));
        WebhookRequest url = new("POST", "https://example.com/" + huge + huge, Deliveries.Headers, []);
        Assert.Equal(ErrorCode.BodyTooLarge, Rejects(verifier, url));
        Rejects(verifier, Deliveries.Request(WebhookHeaders.From(new HugeBytes())));
    }

    [Fact]
    public void Null_names_and_values_are_no_headers()
    {
        using Verifier verifier = Deliveries.Plivo();
        KeyValuePair<string, string>[] headers =
        [
            new(null!, "value"),
            new("X-Plivo-Signature-V3", null!),
            .. Deliveries.Headers,
        ];
        Assert.NotNull(verifier.Verify(Deliveries.Request(headers)));
        Assert.Equal(ErrorCode.MissingHeader, Rejects(verifier, Deliveries.Request((Dictionary<string, string>?)null)));
        Assert.Equal(ErrorCode.MissingHeader, Rejects(verifier, Deliveries.Request(default(WebhookHeaders))));
        WebhookHeaders none = WebhookHeaders.From([KeyValuePair.Create("x", (string[])null!)]);
        Assert.Equal(ErrorCode.MissingHeader, Rejects(verifier, Deliveries.Request(none)));
    }

    [Fact]
    public void Random_requests_are_rejected()
    {
        using Verifier verifier = Deliveries.Plivo();
        var random = new Random(1);
        for (int round = 0; round < 2000; round++)
        {
            byte[] body = new byte[random.Next(200)];
            random.NextBytes(body);
            var headers = new Dictionary<string, string>
            {
                ["x-plivo-signature-v3"] = Text(random),
                ["x-plivo-signature-v3-nonce"] = Text(random),
            };
            Rejects(verifier, new(round % 2 == 0 ? "POST" : Text(random), "https://" + Text(random), headers, body));
        }

        static string Text(Random random)
        {
            char[] text = new char[random.Next(60)];
            for (int i = 0; i < text.Length; i++)
            {
                text[i] = (char)random.Next(random.Next(2) == 0 ? 0x80 : 0x10000);
            }
            return new(text);
        }
    }

    private static ErrorCode Rejects(Verifier verifier, WebhookRequest request)
    {
        var watch = Stopwatch.StartNew();
        ErrorCode code = VerifierTests.Fails(verifier, request);
        Assert.True(watch.Elapsed < s_bound, $"{code} took {watch.Elapsed}");
        Assert.True(code is not ErrorCode.Internal and not ErrorCode.Configuration);
        return code;
    }

    private static WebhookRequest With(string name, string value, bool removed = false)
    {
        Dictionary<string, string> headers = Deliveries.Headers;
        if (removed)
        {
            headers.Remove("X-Plivo-Signature-V3");
        }
        headers[name] = value;
        return Deliveries.Request(headers);
    }

    private static byte[] Repeat(string text, int length)
    {
        byte[] pattern = Encoding.ASCII.GetBytes(text);
        byte[] bytes = new byte[length];
        for (int i = 0; i < length; i++)
        {
            bytes[i] = pattern[i % pattern.Length];
        }
        return bytes;
    }

    private sealed class HugeBytes : IHeaderSource
    {
        public void Read(string name, ref HeaderValues values) => values.Add(new byte[65 << 20]);
    }
}
