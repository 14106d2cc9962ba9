using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Hookseal.Providers;

namespace Hookseal.Tests.Typed;

/// <summary>Options with types say the same as options by name.</summary>
public class TypedOptionTests
{
    [Fact]
    public void Every_option_of_the_catalogue_has_a_type()
    {
        Assert.Equal(
            Catalogue.Schemes.Select(scheme => scheme.Id),
            EveryOption.Schemes.Select(options => options.Scheme));
        foreach ((SchemeInfo scheme, SchemeOptions typed) in Catalogue.Schemes.Zip(EveryOption.Schemes))
        {
            using JsonDocument json = Written(typed.ToOptions());
            AssertSame(scheme.Options, json.RootElement);
        }
    }

    private static void AssertSame(IReadOnlyList<SchemeOption> schema, JsonElement written)
    {
        Assert.Equal(
            schema.Select(option => option.Name).Order(StringComparer.Ordinal),
            written.EnumerateObject().Select(option => option.Name).Order(StringComparer.Ordinal));
        foreach (SchemeOption option in schema)
        {
            JsonElement value = written.GetProperty(option.Name);
            if (option.Kind == "group")
            {
                AssertSame(option.Members, value);
            }
            string expected = option.Kind switch
            {
                "switch" => "True",
                "seconds" or "size" => "Number",
                "secret" or "public_key" or "texts" or "choices" => "Array",
                "key_set" or "claims" or "group" => "Object",
                _ => "String",
            };
            Assert.Equal((option.Name, expected), (option.Name, $"{value.ValueKind}"));
            Assert.All(option.Values.Take(1), first => Assert.Contains(first, value.ToString(), StringComparison.Ordinal));
        }
    }

    [Fact]
    public void A_delivery_is_verified()
    {
        using var verifier = new Verifier(new PlivoOptions { AuthToken = Deliveries.Token, PublicUrl = "https://example.com" });
        Assert.NotNull(verifier.Verify(Deliveries.Request()));
    }

    [Fact]
    public void A_secret_is_text_or_bytes_or_several_of_them()
    {
        byte[] bytes = Encoding.UTF8.GetBytes(Deliveries.Token);
        Secrets[] forms =
        [
            Deliveries.Token,
            bytes,
            (ReadOnlyMemory<byte>)bytes,
            new[] { "another_token", Deliveries.Token },
            new List<string> { Deliveries.Token },
            new Dictionary<string, string> { ["main"] = Deliveries.Token },
            Secrets.List([bytes, "another_token"]),
            Secrets.Labelled([KeyValuePair.Create("main", (TextOrBytes)bytes)]),
        ];
        Assert.All(forms, form =>
        {
            using var verifier = new Verifier(new PlivoOptions { AuthToken = form });
            Assert.NotNull(verifier.Verify(Deliveries.Request()));
            Assert.DoesNotContain(Deliveries.Token, form.ToString(), StringComparison.Ordinal);
        });
    }

    [Fact]
    public void A_token_issuer_has_typed_options_too()
    {
        using var issuer = new TokenIssuer(new TokenIssuerOptions
        {
            ClientId = "the-sender",
            ClientSecret = Deliveries.Secret,
            Issuer = "https://auth.example.com",
            Audience = ["https://example.com/hooks"],
            Ed25519Seed = System.Security.Cryptography.RandomNumberGenerator.GetBytes(32),
        });
        using var verifier = new Verifier(new BearerJwtOptions
        {
            Issuer = ["https://auth.example.com"],
            Audience = ["https://example.com/hooks"],
            Jwks = issuer.Jwks,
            Claims = new() { ["level"] = 3, ["is_verified"] = true, ["role"] = new[] { "sender", "owner" }, ["shard"] = new long[] { 1, 2 } },
            Algorithms = [BearerJwtAlgorithm.EdDSA],
        });
        Assert.Equal("bearer-jwt", verifier.Scheme);
    }

    [Fact]
    public void A_key_set_may_hold_what_is_no_option()
    {
        const string json = """{"keys":[{"kty":"OKP","crv":"Ed25519","alg":"EdDSA","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo","note":null,"weight":1.5}]}""";
        JsonObject keys = JsonNode.Parse(json)!.AsObject();
        using var typed = new Verifier(new BearerJwtOptions { Issuer = ["i"], Audience = ["a"], Jwks = keys });
        using var named = new Verifier("bearer-jwt", new() { ["issuer"] = "i", ["audience"] = "a", ["jwks"] = keys });
        Assert.Equal(typed.HeaderNames, named.HeaderNames);
    }

    public static TheoryData<SchemeOptions, string> Wrong => new()
    {
        { new GithubOptions { Secret = null! }, "option `secret` is null (is its environment variable set?)" },
        { new StripeOptions { Secret = Deliveries.Secret, Tolerance = TimeSpan.FromSeconds(1.5) }, "option `tolerance` is not a whole number of seconds" },
        { new StripeOptions { Secret = Deliveries.Secret, Tolerance = TimeSpan.FromDays(2) }, "option tolerance: expected 0 to 86400 seconds" },
        { new VccLiveOptions { Secret = "x", Cipher = "aes-128-cbc", Plaintext = (VccLivePlaintext)7 }, "option plaintext: expected one of json, text, bytes" },
        { new GithubOptions { Secret = "lone\ud800" }, "option `secret` is not valid Unicode" },
        { new BearerJwtOptions { Jwks = JsonNode.Parse("""{"k":"lone\ud800"}""")!.AsObject() }, "option `jwks` holds `k`, which holds a text that is not valid Unicode" },
        { new BearerJwtOptions { Jwks = new JsonObject { ["keys"] = "lone\ud800" } }, "option `jwks` holds `keys`, which is not valid Unicode" },
    };

    [Theory]
    [MemberData(nameof(Wrong), DisableDiscoveryEnumeration = true)]
    public void What_no_type_can_tell_is_rejected_by_name(SchemeOptions options, string detail)
    {
        ConfigurationException error = Assert.Throws<ConfigurationException>(() => new Verifier(options));
        Assert.Equal(detail, error.Detail);
    }

    [Fact]
    public void Null_is_no_value_of_any_option_that_may_be_left_out()
    {
        IEnumerable<Type> classes = typeof(Verifier).Assembly.GetExportedTypes()
            .Where(type => type.Name.EndsWith("Options", StringComparison.Ordinal) && type != typeof(VerifierOptions));
        int count = 0;
        foreach (PropertyInfo property in classes.Where(type => !type.IsAbstract).SelectMany(type => type.GetProperties()))
        {
            if (!property.CanWrite || property.GetCustomAttribute<RequiredMemberAttribute>() is not null)
            {
                continue;
            }
            object options = RuntimeHelpers.GetUninitializedObject(property.ReflectedType!);
            var error = Assert.Throws<TargetInvocationException>(() => property.SetValue(options, null));
            string detail = Assert.IsType<ConfigurationException>(error.InnerException).Detail;
            Assert.Equal($"option `{property.Name}` is null (is its environment variable set?): leave it out where it is not set", detail);
            count++;
        }
        Assert.True(count > 100, $"{count}");
    }

    [Fact]
    public void Nothing_shows_a_value()
    {
        var options = new PlivoOptions { AuthToken = Deliveries.Token, RequireHttps = false };
        Assert.Equal("SchemeOptions(plivo: auth_token, require_https)", options.ToString());
        Assert.Equal("a list", EveryOption.TokenIssuer.ClientSecret.ToString());
        Assert.Equal("RequiredClaims(email)", new RequiredClaims { ["email"] = "sender@example.com" }.ToString());
        Assert.Throws<ConfigurationException>(() => new Verifier((SchemeOptions)null!));
    }

    private static JsonDocument Written(VerifierOptions options) => JsonDocument.Parse(options.ToJson().WrittenMemory);
}
