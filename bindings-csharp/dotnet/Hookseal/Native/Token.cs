using System.Collections.ObjectModel;
using System.Text.Json;

namespace Hookseal.Native;

/// <summary>What a signed token says.</summary>
internal sealed class Token
{
    /// <summary>More than the native library accepts, so that what it accepted can be read.</summary>
    private const int MaxDepth = 256;

    private Token(JsonElement token)
    {
        KeyId = token.GetProperty("key_id").GetString()!;
        var claims = new Dictionary<string, JsonElement>();
        foreach (JsonProperty claim in token.GetProperty("claims").EnumerateObject())
        {
            claims[claim.Name] = claim.Value;
        }
        Claims = new ReadOnlyDictionary<string, JsonElement>(claims);
    }

    internal string KeyId { get; }

    internal IReadOnlyDictionary<string, JsonElement> Claims { get; }

    /// <summary>
    /// Reads it when somebody asks, since many receivers never do. The native library has checked the JSON,
    /// its depth too, so reading cannot fail.
    /// </summary>
    internal static Lazy<Token> Defer(ReadOnlySpan<byte> json)
    {
        byte[] copy = json.ToArray();
        return new(() => Read(copy));
    }

    private static Token Read(byte[] json)
    {
        var reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = MaxDepth });
        return new(JsonElement.ParseValue(ref reader));
    }
}
