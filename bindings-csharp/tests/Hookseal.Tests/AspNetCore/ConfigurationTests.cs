using System.Net;
using System.Text;
using Hookseal.AspNetCore.Internal;
using Hookseal.Providers;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Hookseal.Tests.AspNetCore;

/// <summary>Webhooks whose options come from elsewhere when the application starts.</summary>
public class ConfigurationTests
{
    private const string Section = "Webhooks:Calls";

    private static Dictionary<string, string?> Plivo(params (string Key, string? Value)[] others)
    {
        Dictionary<string, string?> keys = new() { ["Scheme"] = "plivo", ["AuthToken"] = Deliveries.Token };
        foreach ((string key, string? value) in others)
        {
            keys[key] = value;
        }
        return keys;
    }

    private static async Task<WebApplication> StartAsync(Action<WebApplicationBuilder> register)
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseTestServer();
        builder.Logging.ClearProviders();
        register(builder);
        WebApplication app = builder.Build();
        app.MapGet("/{**path}", (VerifiedEvent delivery) => delivery.KeyId).RequireWebhook("calls");
        try
        {
            await app.StartAsync();
        }
        catch
        {
            await app.DisposeAsync();
            throw;
        }
        return app;
    }

    /// <summary>The configuration is complete only after the webhook is registered, as it is with a test host.</summary>
    private static Task<WebApplication> ConfiguredAsync(Dictionary<string, string?> keys) => StartAsync(builder =>
    {
        builder.Services.AddWebhookVerifier("calls", builder.Configuration.GetSection(Section));
        builder.Configuration.AddInMemoryCollection(
            keys.Select(pair => KeyValuePair.Create(ConfigurationPath.Combine(Section, pair.Key), pair.Value)));
    });

    private static async Task<(HttpStatusCode Status, string Body)> DeliverAsync(WebApplication app, string token = Deliveries.Token)
    {
        using HttpClient client = app.GetTestClient();
        using var sender = new Verifier(new PlivoOptions { AuthToken = token });
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri("http://localhost/answer"));
        foreach ((string name, string value) in sender.Sign("GET", "http://localhost/answer", []))
        {
            request.Headers.Add(name, value);
        }
        using HttpResponseMessage response = await client.SendAsync(request, TestContext.Current.CancellationToken);
        return (response.StatusCode, await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }

    [Theory]
    [InlineData("AuthToken")]
    [InlineData("auth_token")]
    [InlineData("AUTHTOKEN")]
    [InlineData("auth-token")]
    [InlineData("AuthToken:0")]
    public async Task A_key_is_an_option_in_any_spelling(string key)
    {
        await using WebApplication app = await ConfiguredAsync(new() { ["scheme"] = "plivo", [key] = Deliveries.Token });
        Assert.Equal(HttpStatusCode.OK, (await DeliverAsync(app)).Status);
        Assert.Equal(HttpStatusCode.Unauthorized, (await DeliverAsync(app, "another_token")).Status);
    }

    [Fact]
    public async Task Lists_labels_and_bytes_are_keys_below()
    {
        await using WebApplication list = await ConfiguredAsync(
            new() { ["Scheme"] = "plivo", ["AuthToken:0"] = "the_new_token", ["AuthToken:1"] = Deliveries.Token });
        Assert.Equal((HttpStatusCode.OK, "1"), await DeliverAsync(list));
        await using WebApplication labelled = await ConfiguredAsync(
            new() { ["Scheme"] = "plivo", ["AuthToken:Main"] = Deliveries.Token, ["AuthToken:Spare"] = "another_token" });
        Assert.Equal((HttpStatusCode.OK, "Main"), await DeliverAsync(labelled));
        await using WebApplication bytes = await ConfiguredAsync(
            new() { ["Scheme"] = "plivo", ["AuthToken:Hex"] = Convert.ToHexString("my_auth_token"u8) });
        Assert.Equal((HttpStatusCode.OK, "0"), await DeliverAsync(bytes));
    }

    [Fact]
    public async Task Texts_become_numbers_and_switches()
    {
        await using WebApplication app = await ConfiguredAsync(Plivo(("MaxBodyBytes", "1000"), ("RequireHttps", "True")));
        Assert.Equal(HttpStatusCode.Forbidden, (await DeliverAsync(app)).Status);
        await using WebApplication open = await ConfiguredAsync(Plivo(("MaxBodyBytes", "1000"), ("RequireHttps", "false")));
        Assert.Equal(HttpStatusCode.OK, (await DeliverAsync(open)).Status);
    }

    [Fact]
    public async Task A_time_is_written_as_one_or_in_seconds()
    {
        foreach ((string tolerance, string? problem) in new[]
        {
            ("300", null), ("00:05:00", null), ("1.00:00:00", null),
            ("00:05:00.5", "option Tolerance: expected a whole number"),
            ("2.00:00:00", "option Tolerance: expected 0 to 86400 seconds"),
            ("five", "option Tolerance: expected a whole number"),
        })
        {
            Dictionary<string, string?> keys = new() { ["Scheme"] = "stripe", ["Secret"] = Deliveries.Secret, ["Tolerance"] = tolerance };
            Exception? error = await Record.ExceptionAsync(async () => await (await ConfiguredAsync(keys)).DisposeAsync());
            Assert.Equal(problem is not null, error is OptionsValidationException);
            Assert.Contains(problem ?? "", error?.Message ?? "", StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task What_is_wrong_within_an_option_is_named_by_its_path()
    {
        OptionsValidationException error = await Assert.ThrowsAsync<OptionsValidationException>(() => ConfiguredAsync(
            new() { ["Scheme"] = "azure-event-grid", ["Entra:Tenant"] = "contoso", ["Entra:Audience"] = "x", ["Entra:MaxLifetime"] = "0" }));
        Assert.Contains("option Entra:MaxLifetime: expected", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Options_within_an_option_and_claims_are_keys_below()
    {
        IConfiguration configuration = new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["Entra:Tenant"] = "contoso",
            ["Entra:Audience:0"] = "api://hooks",
            ["Entra:MaxLifetime"] = "3600",
            ["Entra:Claims:is_verified"] = "True",
            ["Entra:Claims:level"] = "3",
            ["Entra:Claims:Number"] = "\"3\"",
            ["Entra:Claims:role:0"] = "sender",
            ["Entra:Jwks:keys:0:kty"] = "RSA",
            ["AllowedRate"] = "*",
            ["NoSuchOption"] = "3",
        }).Build();
        IReadOnlyList<SchemeOption> schema = Catalogue.Schemes.Single(scheme => scheme.Id == "azure-event-grid").Options;
        VerifierOptions options = ConfiguredOptions.Read(ConfiguredKey.Of(configuration, null).Below, schema, new OptionKeys(schema));
        Assert.Equal(
            """
            {"allowed_rate":"*","entra":{"audience":["api://hooks"],"claims":{"is_verified":true,"level":3,"Number":"3","role":["sender"]},"jwks":{"keys":[{"kty":"RSA"}]},"max_lifetime":3600,"tenant":"contoso"},"no_such_option":"3"}
            """,
            Encoding.UTF8.GetString(options.ToJson().WrittenSpan));
    }

    [Fact]
    public async Task A_scheme_of_your_own_is_configured_as_well()
    {
        const string scheme = """
            {
              "id": "acme", "title": "Acme", "docs": "https://acme.example", "status": "unconfirmed",
              "key": { "option": "acme_key", "hint": "the key" },
              "signature": { "algorithm": "hmac-sha256", "from": "header:acme-signature", "encoding": "hex", "signed": "{body}" }
            }
            """;
        await using WebApplication app = await ConfiguredAsync(
            new() { ["Scheme"] = scheme, ["AcmeKey"] = Deliveries.Secret, ["MaxBodyBytes"] = "1000" });
        Assert.Equal(HttpStatusCode.Unauthorized, (await DeliverAsync(app)).Status);
    }

    [Fact]
    public async Task Environment_variables_are_configuration()
    {
        const string prefix = "HOOKSEAL_TEST_";
        Environment.SetEnvironmentVariable($"{prefix}Webhooks__Calls__Scheme", "plivo");
        Environment.SetEnvironmentVariable($"{prefix}Webhooks__Calls__AuthToken", Deliveries.Token);
        Environment.SetEnvironmentVariable($"{prefix}WEBHOOKS__CALLS__ALLOWEDHOSTS__0", "localhost");
        await using WebApplication app = await StartAsync(builder =>
        {
            builder.Configuration.AddEnvironmentVariables(prefix);
            builder.Services.AddWebhookVerifier("calls", builder.Configuration.GetSection(Section));
        });
        Assert.Equal(HttpStatusCode.OK, (await DeliverAsync(app)).Status);
    }

    public static TheoryData<string, string?, string> Wrong => new()
    {
        { "AuthTokn", "x", "option AuthTokn is unknown to scheme plivo; did you mean AuthToken?" },
        { "auth_tokn", "x", "option auth_tokn is unknown to scheme plivo; did you mean AuthToken?" },
        { "SecretKey", "x", "MaxBodyBytes" },
        { "allowed-ip", "192.0.2.1", "option allowed-ip is unknown to scheme plivo; did you mean allowed-ips?" },
        { "AuthToken", "", "option AuthToken" },
        { "AuthToken", null, "option `AuthToken` is null (is its environment variable set?)" },
        { "auth_token", "x", "the keys AuthToken and auth_token are the same option" },
        { "AuthToken:0", "x", "Webhooks:Calls:AuthToken has a value and keys below" },
        { "MaxBodyBytes", "many", "option MaxBodyBytes: expected a whole number, not a text" },
        { "MaxBodyBytes", "0", "option MaxBodyBytes: expected at least 1 bytes" },
        { "RequireHttps", "yes", "option RequireHttps: expected true or false, not a text" },
        { "TrustedProxies", "10.0.0.1", "option TrustedProxies: name the public hosts in AllowedHosts" },
        { "RequireHttps", "", "Webhooks:Calls:RequireHttps is blank" },
        { "RequireHttps", null, "Webhooks:Calls:RequireHttps is blank" },
        { "MaxBodyBytes", " ", "Webhooks:Calls:MaxBodyBytes is blank" },
        { "AllowedIps", null, "Webhooks:Calls:AllowedIps is blank" },
        { "AllowedIps", "", "Webhooks:Calls:AllowedIps is blank" },
        { "AllowedIps:0", "", "Webhooks:Calls:AllowedIps:0 is blank" },
        { "AllowedIps:1", "192.0.2.1", "AllowedIps" },
        { "PublicUrl", "", "Webhooks:Calls:PublicUrl is blank" },
        { "Require\nHttps", "true", "Require\\nHttps" },
        { "AllowedIps:x\u001b[2J", "", "Webhooks:Calls:AllowedIps:x\\u{1b}[2J is blank" },
        { "Scheme", "", "scheme" },
        { "Scheme", "plvio", "plvio" },
        { "Scheme", null, "the key Scheme is missing" },
    };

    [Theory]
    [MemberData(nameof(Wrong))]
    public async Task What_is_wrong_stops_the_start_with_webhook_and_section(string key, string? value, string message)
    {
        OptionsValidationException error = await Assert.ThrowsAsync<OptionsValidationException>(
            () => ConfiguredAsync(Plivo((key, value))));
        Assert.Equal("calls", error.OptionsName);
        Assert.StartsWith("Webhook 'calls', configuration Webhooks:Calls: ", error.Message, StringComparison.Ordinal);
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(error.Message, char.IsControl);
        Assert.DoesNotContain(Deliveries.Token, error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_section_that_is_not_there_stops_the_start()
    {
        OptionsValidationException error = await Assert.ThrowsAsync<OptionsValidationException>(() => ConfiguredAsync([]));
        Assert.Contains("the key Scheme is missing", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Typed_options_are_taken_at_once_and_from_other_services()
    {
        await using WebApplication typed = await StartAsync(
            builder => builder.Services.AddWebhookVerifier("calls", new PlivoOptions { AuthToken = Deliveries.Token }));
        Assert.Equal(HttpStatusCode.OK, (await DeliverAsync(typed)).Status);
        Assert.Throws<ConfigurationException>(
            () => new ServiceCollection().AddWebhookVerifier("calls", new PlivoOptions { AuthToken = "" }));

        await using WebApplication late = await StartAsync(builder =>
        {
            builder.Services.AddWebhookVerifier(
                "calls", services => new PlivoOptions { AuthToken = services.GetRequiredService<Credentials>().Token });
            builder.Services.AddSingleton(new Credentials(Deliveries.Token));
        });
        Assert.Equal(HttpStatusCode.OK, (await DeliverAsync(late)).Status);
        OptionsValidationException error = await Assert.ThrowsAsync<OptionsValidationException>(() => StartAsync(
            builder => builder.Services.AddWebhookVerifier("calls", _ => new PlivoOptions { AuthToken = "" })));
        Assert.StartsWith("Webhook 'calls': ", error.Message, StringComparison.Ordinal);
    }

    private sealed record Credentials(string Token);
}
