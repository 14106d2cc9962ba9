using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;

namespace Hookseal.AspNetCore.Internal;

/// <summary>
/// Makes a verifier when the application starts. What is wrong stops it, with a message that names the webhook
/// and, where there is one, the section of the configuration.
/// </summary>
internal static class StartingVerifier
{
    /// <summary>The key beside the options.</summary>
    private const string SchemeKey = "Scheme";

    internal static Verifier Of(string webhook, SchemeOptions options, VerifierHooks hooks) =>
        Named($"Webhook '{EscapedName.Of(webhook)}'", webhook, () => new Verifier(options, hooks));

    /// <param name="webhook">The name of the webhook.</param>
    /// <param name="configuration">The scheme and its options.</param>
    /// <param name="application">The configuration of the application, if it has one.</param>
    /// <param name="hooks">What the verifier asks of the application.</param>
    internal static Verifier Of(
        string webhook, IConfiguration configuration, IConfiguration? application, VerifierHooks hooks)
    {
        string path = configuration is IConfigurationSection section ? EscapedName.Of(section.Path) : "(root)";
        return Named($"Webhook '{EscapedName.Of(webhook)}', configuration {path}", webhook, () =>
        {
            string scheme = configuration[SchemeKey]
                ?? throw new FormatException($"the key {SchemeKey} is missing, which names the scheme");
            IEnumerable<ConfiguredKey> options = ConfiguredKey.Of(configuration, application).Below
                .Where(key => !key.Name.Equals(SchemeKey, StringComparison.OrdinalIgnoreCase));
            IReadOnlyList<SchemeOption> schema = SchemaOf(scheme);
            var keys = new OptionKeys(schema);
            VerifierOptions read = ConfiguredOptions.Read(options, schema, keys);
            try
            {
                return new Verifier(scheme, read, hooks);
            }
            catch (ConfigurationException problem)
            {
                throw new FormatException(keys.Spell(problem.Detail));
            }
        });
    }

    /// <summary>The options of the scheme. Of one that is in no catalogue, those that bear a known name.</summary>
    private static IReadOnlyList<SchemeOption> SchemaOf(string scheme)
    {
        SchemeInfo? known = Catalogue.Schemes.FirstOrDefault(info => info.Id == scheme);
        return known?.Options
            ?? [.. Catalogue.Schemes.SelectMany(info => info.Options).DistinctBy(option => option.Name)];
    }

    private static Verifier Named(string what, string webhook, Func<Verifier> make)
    {
        try
        {
            return make();
        }
        catch (Exception problem) when (problem is ConfigurationException or FormatException)
        {
            string detail = problem is ConfigurationException configuration ? configuration.Detail : problem.Message;
            throw new OptionsValidationException(webhook, typeof(VerifierOptions), [$"{what}: {detail}"]);
        }
    }
}
