using System.Text;
using Hookseal.AspNetCore.Internal;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Hookseal.Tests.AspNetCore;

/// <summary>Options of several sources, as appsettings.json, that of an environment and variables are.</summary>
public class ConfigurationSourceTests
{
    private const string Section = "Webhooks:Calls";

    private static IConfigurationBuilder Json(IConfigurationBuilder builder, string calls) => builder.AddJsonStream(
        new MemoryStream(Encoding.UTF8.GetBytes($$$"""{"Webhooks":{"Calls":{{{calls}}}}}""")));

    private static IConfigurationRoot Root(params string[] sources) =>
        sources.Aggregate((IConfigurationBuilder)new ConfigurationBuilder(), Json).Build();

    private static string Read(string scheme, IConfiguration configuration, IConfiguration? application)
    {
        IReadOnlyList<SchemeOption> schema = Catalogue.Schemes.Single(known => known.Id == scheme).Options;
        VerifierOptions options = ConfiguredOptions.Read(ConfiguredKey.Of(configuration, application).Below, schema, new OptionKeys(schema));
        return Encoding.UTF8.GetString(options.ToJson().WrittenSpan);
    }

    private static string Read(string scheme, params string[] sources)
    {
        IConfigurationRoot root = Root(sources);
        return Read(scheme, root.GetSection(Section), root);
    }

    private static string Rejected(string scheme, params string[] sources) =>
        Assert.Throws<FormatException>(() => Read(scheme, sources)).Message;

    [Theory]
    [InlineData("""{"AllowedIps":["a","b","c"]}""", """{"AllowedIps":["x"]}""", """{"allowed_ips":["x"]}""")]
    [InlineData("""{"AllowedIps":["a","b","c"]}""", """{"AllowedIps":"x"}""", """{"allowed_ips":"x"}""")]
    [InlineData("""{"AllowedIps":"a"}""", """{"allowedips":["x","y"]}""", """{"allowed_ips":["x","y"]}""")]
    [InlineData("""{"AllowedIps":["a","b"]}""", """{"RequireHttps":true}""", """{"allowed_ips":["a","b"],"require_https":true}""")]
    [InlineData("""{"AuthToken":["withdrawn","b"]}""", """{"AuthToken":{"0":"x"}}""", """{"auth_token":["x"]}""")]
    [InlineData("""{"AuthToken":["a","withdrawn"]}""", """{"AuthToken":{"1":"x"}}""", """{"auth_token":{"1":"x"}}""")]
    [InlineData("""{"AuthToken":{"old":"withdrawn"}}""", """{"AuthToken":{"new":"x"}}""", """{"auth_token":{"new":"x"}}""")]
    [InlineData("""{"AuthToken":{"old":"withdrawn"}}""", """{"AuthToken":["x"]}""", """{"auth_token":["x"]}""")]
    [InlineData("""{"AuthToken":{"Hex":"00"}}""", """{"AuthToken":"x"}""", """{"auth_token":"x"}""")]
    public void An_option_is_that_of_the_last_source_as_a_whole(string first, string last, string options) =>
        Assert.Equal(options, Read("plivo", first, last));

    [Fact]
    public void Options_within_an_option_and_claims_are_taken_one_by_one()
    {
        const string first = """
            {"Entra":{"Tenant":"contoso","Audience":["a","b"],"Claims":{"is_verified":true,"role":["a","b"]},"Jwks":{"keys":[{"kid":"a"},{"kid":"withdrawn"}]}}}
            """;
        const string last = """{"Entra":{"Audience":["x"],"Claims":{"role":["x"]},"Jwks":{"keys":[{"kid":"x"}]}}}""";
        Assert.Equal(
            """{"entra":{"audience":["x"],"claims":{"is_verified":true,"role":["x"]},"jwks":{"keys":[{"kid":"x"}]},"tenant":"contoso"}}""",
            Read("azure-event-grid", first, last));
    }

    [Theory]
    [InlineData("""{"AllowedIps":null}""")]
    [InlineData("""{"AllowedIps":[]}""")]
    [InlineData("""{"AllowedIps":""}""")]
    public void A_blank_value_neither_removes_a_restriction_nor_keeps_an_older_one(string last) =>
        Assert.Equal("Webhooks:Calls:AllowedIps is blank: give it a value, or remove it", Rejected("plivo", """{"AllowedIps":["a","b"]}""", last));

    [Theory]
    [InlineData("""{"Entra":null}""", "Webhooks:Calls:Entra has a value and keys below")]
    [InlineData("""{"Entra":{"Claims":null}}""", "Webhooks:Calls:Entra:Claims has a value and keys below")]
    [InlineData("""{"Entra":{"Claims":{"level":null}}}""", "Webhooks:Calls:Entra:Claims:level is blank")]
    [InlineData("""{"Entra":{"Claims":{"level":""}}}""", "Webhooks:Calls:Entra:Claims:level is blank")]
    [InlineData("""{"Entra":{"Claims":{"level":{"a":1,"b":2}}}}""", "Webhooks:Calls:Entra:Claims:level is neither a value nor a list")]
    [InlineData("""{"Entra":{"Claims":{"level":{"1":1,"2":2}}}}""", "Webhooks:Calls:Entra:Claims:level is neither a value nor a list")]
    [InlineData("""{"Entra":{"Claims":{"level":[1,{"0":2}]}}}""", "Webhooks:Calls:Entra:Claims:level is neither a value nor a list")]
    [InlineData("""{"Entra":{"Claims":{"https://acme.example/level":1}}}""", "Webhooks:Calls:Entra:Claims:https is neither a value nor a list")]
    public void A_claim_is_demanded_as_it_was_meant_or_rejected(string last, string message) =>
        Assert.StartsWith(message, Rejected("azure-event-grid", """{"Entra":{"Tenant":"contoso","Claims":{"level":3}}}""", last), StringComparison.Ordinal);

    [Theory]
    [InlineData("""{"AuthToken":{"2024":"a","2025":"b"}}""", """{"auth_token":{"2024":"a","2025":"b"}}""")]
    [InlineData("""{"AuthToken":{"1":"a","2":"b"}}""", """{"auth_token":{"1":"a","2":"b"}}""")]
    [InlineData("""{"AuthToken":{"00":"a"}}""", """{"auth_token":{"00":"a"}}""")]
    [InlineData("""{"AuthToken":{"0":"a","1":"b"}}""", """{"auth_token":["a","b"]}""")]
    [InlineData("""{"AuthToken":["0","1","2","3","4","5","6","7","8","9","a"]}""", """{"auth_token":["0","1","2","3","4","5","6","7","8","9","a"]}""")]
    public void Numbers_are_labels_unless_they_count_from_zero(string source, string options) =>
        Assert.Equal(options, Read("plivo", source));

    [Fact]
    public void Sources_of_a_configuration_within_another_one_count_by_themselves()
    {
        IConfigurationRoot root = new ConfigurationBuilder()
            .AddConfiguration(Root("""{"AllowedIps":["a","b","c"]}""", """{"AllowedIps":["x","y"]}"""))
            .Build();
        Assert.Equal("""{"allowed_ips":["x","y"]}""", Read("plivo", root.GetSection(Section), root));
        IConfigurationRoot outer = Json(new ConfigurationBuilder().AddConfiguration(root), """{"AllowedIps":["z"]}""").Build();
        Assert.Equal("""{"allowed_ips":["z"]}""", Read("plivo", outer.GetSection(Section), outer));
    }

    [Fact]
    public void Sources_of_a_whole_configuration_are_known()
    {
        static IConfigurationBuilder Add(IConfigurationBuilder builder, params string[] addresses) => builder.AddInMemoryCollection(
            addresses.Select((address, position) => KeyValuePair.Create($"AllowedIps:{position}", (string?)address)));
        IConfigurationRoot root = Add(Add(new ConfigurationBuilder(), "a", "b"), "x").Build();
        Assert.Equal("""{"allowed_ips":["x"]}""", Read("plivo", root, null));
    }

    [Fact]
    public void Several_values_of_nobody_knows_how_many_sources_are_rejected()
    {
        IConfigurationSection foreign = Root("""{"AllowedIps":["a"],"AuthToken":{"Hex":"00"},"RequireHttps":true}""").GetSection(Section);
        const string options = """{"allowed_ips":["a"],"auth_token":{"hex":"00"},"require_https":true}""";
        Assert.Equal(options, Read("plivo", foreign, Root("{}")));
        Assert.Equal(options, Read("plivo", foreign, null));

        foreign = Root("""{"AllowedIps":["a","b"]}""", """{"AllowedIps":["x"]}""").GetSection(Section);
        foreach (IConfiguration? application in new[] { null, Root("{}") })
        {
            FormatException error = Assert.Throws<FormatException>(() => Read("plivo", foreign, application));
            Assert.StartsWith("Webhooks:Calls:AllowedIps has several values", error.Message, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("""["192.0.2.1"]""", null)]
    [InlineData("""["no address"]""", "option AllowedIps: entry 0 is no IP address")]
    [InlineData("[]", "Webhooks:Calls:AllowedIps is blank")]
    public async Task The_sources_of_an_application_are_told_apart(string addresses, string? message)
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseTestServer();
        builder.Logging.ClearProviders();
        builder.Services.AddWebhookVerifier("calls", builder.Configuration.GetSection(Section));
        Json(builder.Configuration, $$"""{"Scheme":"plivo","AuthToken":"{{Deliveries.Token}}","AllowedIps":["x","overridden"]}""");
        Json(builder.Configuration, $$"""{"AllowedIps":{{addresses}}}""");
        await using WebApplication app = builder.Build();
        Exception? error = await Record.ExceptionAsync(() => app.StartAsync(TestContext.Current.CancellationToken));
        Assert.Equal(message is not null, error is OptionsValidationException);
        Assert.Contains(message ?? "", error?.Message ?? "", StringComparison.Ordinal);
    }
}
