using System.Runtime.CompilerServices;

namespace Hookseal;

/// <summary>The values of typed options, as options by name take them. Null is what is left out.</summary>
internal static class TypedValue
{
    /// <summary>The value of an option that somebody sets, which must not be null.</summary>
    internal static T Given<T>(T? value, [CallerMemberName] string option = "")
        where T : class => value ?? throw IsNull(option);

    /// <inheritdoc cref="Given{T}(T?, string)"/>
    internal static T Given<T>(T? value, [CallerMemberName] string option = "")
        where T : struct => value ?? throw IsNull(option);

    internal static void Add(this VerifierOptions options, string name, OptionValue? value)
    {
        if (value is not null)
        {
            options[name] = value;
        }
    }

    internal static OptionValue? Of(string? text) => text;

    internal static OptionValue? Of(IEnumerable<string>? texts) => texts is null ? null : OptionValue.List(texts);

    internal static OptionValue? Of(bool? value) => value is { } given ? given : (OptionValue?)null;

    internal static OptionValue? Of(long? value) => value is { } given ? given : (OptionValue?)null;

    internal static OptionValue? Of(TimeSpan? value) => value is { } given ? OptionValue.Seconds(given) : null;

    internal static OptionValue? Of(VerifierOptions? options) => options;

    internal static OptionValue? Of(TextOrBytes? value) => value?.Value;

    internal static OptionValue? Of(Secrets? value) => value?.Value;

    internal static OptionValue? Of(PublicKeys? value) => value?.Value;

    internal static OptionValue? Of(KeySet? value) => value?.Value;

    internal static OptionValue? Of(Rate? value) => value?.Value;

    internal static OptionValue? Of(RequiredClaims? value) => value?.Value;

    private static ConfigurationException IsNull(string option) =>
        new($"option `{option}` {OptionValue.IsNull}: leave it out where it is not set");
}
