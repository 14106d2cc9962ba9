using System.Text;

namespace Hookseal.Tests;

public class OptionTests
{
    [Fact]
    public void Options_within_an_option_are_of_any_kind()
    {
        VerifierOptions options = new()
        {
            ["audience"] = "https://hooks.example.com",
            ["claims"] = new VerifierOptions { ["email"] = "sender@example.com", ["email_verified"] = true, ["level"] = 3 },
        };
        Assert.Equal(
            """{"audience":"https://hooks.example.com","claims":{"email":"sender@example.com","email_verified":true,"level":3}}""",
            Encoding.UTF8.GetString(options.ToJson().WrittenSpan));

        OptionValue labelled = OptionValue.Labelled(
            [KeyValuePair.Create("email", (OptionValue?)"sender@example.com"), KeyValuePair.Create("email_verified", (OptionValue?)true)]);
        using var verifier = new Verifier("bearer-jwt", new()
        {
            ["issuer"] = "https://auth.example.com",
            ["audience"] = "https://hooks.example.com",
            ["hmac_secret"] = "a secret of 32 bytes for HS256 !",
            ["claims"] = labelled,
        });
        Assert.Equal("bearer-jwt", verifier.Scheme);
    }

    [Theory]
    [InlineData("toleranze", 300)]
    [InlineData("allowed_ip", "192.0.2.1")]
    [InlineData("require_http", true)]
    [InlineData("claims", "x")]
    public void An_option_that_is_misspelt_or_has_no_effect_is_refused(string name, object value)
    {
        VerifierOptions options = new() { ["secret"] = Deliveries.Secret };
        options[name] = value switch
        {
            int number => number,
            bool flag => flag,
            _ => (string)value,
        };
        ConfigurationException error = Assert.Throws<ConfigurationException>(() => new Verifier("github", options));
        Assert.Contains(name, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_secret_is_text_or_bytes_or_several_of_them()
    {
        byte[] bytes = Encoding.UTF8.GetBytes(Deliveries.Token);
        OptionValue?[] forms =
        [
            Deliveries.Token,
            bytes,
            (ReadOnlyMemory<byte>)bytes,
            new[] { "another_token", Deliveries.Token },
            new List<string> { Deliveries.Token },
            new Dictionary<string, string> { ["main"] = Deliveries.Token },
            OptionValue.List(new[] { "another_token", Deliveries.Token }.Where(_ => true)),
            OptionValue.List([bytes, "another_token"]),
            OptionValue.Labelled([KeyValuePair.Create("main", (OptionValue?)bytes)]),
        ];
        Assert.All(forms, form =>
        {
            using var verifier = new Verifier("plivo", new() { ["auth_token"] = form });
            Assert.NotNull(verifier.Verify(Deliveries.Request()));
        });
    }

    [Fact]
    public void Switches_and_numbers_are_options()
    {
        using var verifier = new Verifier("plivo", new()
        {
            ["auth_token"] = Deliveries.Token,
            ["require_https"] = true,
            ["max_body_bytes"] = 1000,
        });
        Assert.Equal(1000, verifier.MaxBodyBytes);
        WebhookRequest large = Deliveries.Request(body: new byte[1001]);
        Assert.Equal(ErrorCode.BodyTooLarge, VerifierTests.Fails(verifier, large));
    }

    [Fact]
    public void Options_may_stand_within_an_option()
    {
        var entra = new VerifierOptions { ["tenant"] = "72f988bf-86f1-41af-91ab-2d7cd011db47", ["audience"] = "api://hooks" };
        var options = new VerifierOptions { ["url_token"] = Deliveries.Secret, ["entra"] = entra };
        using var verifier = new Verifier("azure-event-grid", options);
        Assert.Contains("authorization", verifier.HeaderNames);

        entra["audiense"] = "api://hooks";
        options["entra"] = entra;
        ConfigurationException error = Assert.Throws<ConfigurationException>(() => new Verifier("azure-event-grid", options));
        Assert.Contains("audiense", error.Detail, StringComparison.Ordinal);

        options["entra"] = new VerifierOptions { ["tenant"] = null };
        error = Assert.Throws<ConfigurationException>(() => new Verifier("azure-event-grid", options));
        Assert.Equal("option `entra` holds `tenant`, which is null (is its environment variable set?)", error.Detail);
        Assert.Equal("labelled values", $"{(OptionValue?)entra}");
    }

    public static TheoryData<string, OptionValue?> Wrong => new()
    {
        { "auth_token", "" },
        { "auth_token", "   " },
        { "auth_token", "\n" },
        { "auth_token", (string?)null },
        { "auth_token", Array.Empty<string>() },
        { "auth_token", new string[] { null! } },
        { "auth_token", Array.Empty<byte>() },
        { "auth_token", "with-a-lone-\ud800-surrogate" },
        { "auth_token", true },
        { "auth_token", 7 },
        { "auth_tokne", "my_auth_token" },
        { "nul\0name", "my_auth_token" },
        { "lone\ud800", "my_auth_token" },
        { "public_url", "example.com" },
        { "public_url", 7 },
        { "max_body_bytes", "many" },
        { "max_body_bytes", -1 },
        { "allowed_ips", "300.0.0.1" },
        { "require_https", "yes" },
    };

    [Theory]
    [MemberData(nameof(Wrong), DisableDiscoveryEnumeration = true)]
    public void A_wrong_option_is_refused_by_name(string name, OptionValue? value)
    {
        var options = new VerifierOptions { ["auth_token"] = Deliveries.Token };
        options[name] = value;

        ConfigurationException error = Assert.Throws<ConfigurationException>(() => new Verifier("plivo", options));

        Assert.Equal(ErrorCode.Configuration, error.Code);
        Assert.Contains(name.Split('\0', '\ud800')[0], error.Detail, StringComparison.Ordinal);
        Assert.DoesNotContain(Deliveries.Token, error.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("no-such-scheme")]
    [InlineData("Plivo")]
    [InlineData("pl\0ivo")]
    [InlineData("{")]
    [InlineData("{}")]
    [InlineData("lone\ud800")]
    public void A_wrong_scheme_is_refused(string? scheme)
    {
        var options = new VerifierOptions { ["auth_token"] = Deliveries.Token };
        ConfigurationException error = Assert.Throws<ConfigurationException>(() => new Verifier(scheme!, options));
        Assert.NotEmpty(error.Detail);
    }

    [Theory]
    [InlineData("a\nb", @"a\nb")]
    [InlineData("a\t\r\0\"'\\b", @"a\t\r\0\""\'\\b")]
    [InlineData("a\u001b[2J\u0085b", @"a\u{1b}[2J\u{85}b")]
    [InlineData("a\u202e\u2028\u00a0b", @"a\u{202e}\u{2028}\u{a0}b")]
    [InlineData("a b-ü-\U0001f600", "a b-ü-\U0001f600")]
    public void A_name_stays_on_its_line_in_all_messages(string name, string shown)
    {
        var options = new VerifierOptions { [name] = null };
        ConfigurationException error = Assert.Throws<ConfigurationException>(() => new Verifier("plivo", options));
        Assert.Equal($"option `{shown}` is null (is its environment variable set?)", error.Detail);
        Assert.Equal($"VerifierOptions({shown})", options.ToString());

        var outer = new VerifierOptions { ["auth_token"] = options };
        error = Assert.Throws<ConfigurationException>(() => new Verifier("plivo", outer));
        Assert.Equal($"option `auth_token` holds `{shown}`, which is null (is its environment variable set?)", error.Detail);

        // The native library shows it in the same way.
        options[name] = "x";
        error = Assert.Throws<ConfigurationException>(() => new Verifier("plivo", options));
        Assert.StartsWith($"option {shown} is unknown", error.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public void A_missing_secret_is_named()
    {
        ConfigurationException error = Assert.Throws<ConfigurationException>(() => new Verifier("plivo"));
        Assert.Contains("auth_token", error.Detail, StringComparison.Ordinal);
    }
}
