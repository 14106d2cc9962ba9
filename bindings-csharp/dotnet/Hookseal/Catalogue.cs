using System.Text.Json;
using Hookseal.Native;

namespace Hookseal;

/// <summary>What the library can verify, and how it can fail.</summary>
public static class Catalogue
{
    private static readonly Lazy<IReadOnlyList<SchemeInfo>> s_schemes = new(ReadSchemes);
    private static readonly Lazy<IReadOnlyList<ErrorCodeInfo>> s_errorCodes = new(ReadErrorCodes);

    /// <summary>Every scheme with its options, by id.</summary>
    /// <exception cref="HooksealException">The native library cannot be used.</exception>
    public static IReadOnlyList<SchemeInfo> Schemes => s_schemes.Value;

    /// <summary>Every error code, as the native library tells them, in order of number.</summary>
    /// <exception cref="HooksealException">The native library cannot be used.</exception>
    public static IReadOnlyList<ErrorCodeInfo> ErrorCodes => s_errorCodes.Value;

    private static unsafe SchemeInfo[] ReadSchemes()
    {
        NativeLoader.EnsureUsable();
        return Read(NativeMethods.GetSchemes(), scheme => new SchemeInfo
        {
            Id = Text(scheme, "id") ?? "",
            Title = Text(scheme, "title") ?? "",
            Documentation = Text(scheme, "docs") ?? "",
            Status = Text(scheme, "status") ?? "",
            CanSign = scheme.GetProperty("can_sign").GetBoolean(),
            Notes = [.. scheme.GetProperty("notes").EnumerateArray().Select(note => note.GetString() ?? "")],
            Options = [.. scheme.GetProperty("options").EnumerateArray().Select(ReadOption)],
        });
    }

    private static SchemeOption ReadOption(JsonElement option) => new()
    {
        Name = Text(option, "name") ?? "",
        Kind = Text(option, "kind") ?? "",
        IsSecret = option.GetProperty("secret").GetBoolean(),
        IsRequired = option.GetProperty("required").GetBoolean(),
        IsCommon = option.GetProperty("common").GetBoolean(),
        Help = Text(option, "help"),
        Values = [.. Items(option, "values").Select(value => value.GetString() ?? "")],
        Members = [.. Items(option, "members").Select(ReadOption)],
    };

    private static unsafe ErrorCodeInfo[] ReadErrorCodes()
    {
        NativeLoader.EnsureUsable();
        return Read(NativeMethods.GetErrorCodes(), code => new ErrorCodeInfo
        {
            Text = Text(code, "code") ?? "",
            Number = code.GetProperty("number").GetInt32(),
            Status = code.GetProperty("status").GetInt32(),
        });
    }

    private static unsafe T[] Read<T>(byte* json, Func<JsonElement, T> item)
    {
        var reader = new Utf8JsonReader(NativeText.Read(json));
        using JsonDocument document = JsonDocument.ParseValue(ref reader);
        return [.. document.RootElement.EnumerateArray().Select(item)];
    }

    private static JsonElement.ArrayEnumerator Items(JsonElement element, string name) =>
        element.TryGetProperty(name, out JsonElement items) ? items.EnumerateArray() : default;

    private static string? Text(JsonElement element, string name) =>
        element.TryGetProperty(name, out JsonElement text) ? text.GetString() : null;
}

/// <summary>One scheme of the catalogue.</summary>
public sealed class SchemeInfo
{
    internal SchemeInfo()
    {
    }

    /// <summary>The id that a <see cref="Verifier"/> takes.</summary>
    public string Id { get; internal init; } = "";

    /// <summary>The name of the provider or product.</summary>
    public string Title { get; internal init; } = "";

    /// <summary>The address of the provider's own documentation.</summary>
    public string Documentation { get; internal init; } = "";

    /// <summary><c>stable</c> or <c>unconfirmed</c>.</summary>
    public string Status { get; internal init; } = "";

    /// <summary>Whether <see cref="Verifier.Sign"/> works: requests are signed, and not with a private key.</summary>
    public bool CanSign { get; internal init; }

    /// <summary>What a user must know, e.g. what is not signed.</summary>
    public IReadOnlyList<string> Notes { get; internal init; } = [];

    /// <summary>The options of the scheme.</summary>
    public IReadOnlyList<SchemeOption> Options { get; internal init; } = [];

    /// <summary>The id.</summary>
    /// <returns>The id.</returns>
    public override string ToString() => Id;
}

/// <summary>One option of a scheme.</summary>
public sealed class SchemeOption
{
    internal SchemeOption()
    {
    }

    /// <summary>The name, as <see cref="VerifierOptions"/> takes it.</summary>
    public string Name { get; internal init; } = "";

    /// <summary>
    /// What it takes: <c>secret</c>, <c>public_key</c>, <c>one_secret</c>, <c>text</c>, <c>text_or_bytes</c>,
    /// <c>texts</c>, <c>choice</c>, <c>choices</c>, <c>switch</c>, <c>seconds</c>, <c>size</c>, <c>rate</c>,
    /// <c>key_set</c>, <c>claims</c> or <c>group</c>.
    /// </summary>
    public string Kind { get; internal init; } = "";

    /// <summary>The texts to choose from; empty where there is no choice.</summary>
    public IReadOnlyList<string> Values { get; internal init; } = [];

    /// <summary>The options of a group; empty for other kinds.</summary>
    public IReadOnlyList<SchemeOption> Members { get; internal init; } = [];

    /// <summary>Whether it is one that all schemes take.</summary>
    public bool IsCommon { get; internal init; }

    /// <summary>Whether its value is a secret.</summary>
    public bool IsSecret { get; internal init; }

    /// <summary>Whether a verifier cannot be made without it.</summary>
    public bool IsRequired { get; internal init; }

    /// <summary>What it means, where there is more to say than its name.</summary>
    public string? Help { get; internal init; }

    /// <summary>The name.</summary>
    /// <returns>The name.</returns>
    public override string ToString() => Name;
}

/// <summary>One row of the table of error codes.</summary>
public sealed class ErrorCodeInfo
{
    internal ErrorCodeInfo()
    {
    }

    /// <summary>The code as all languages write it.</summary>
    public string Text { get; internal init; } = "";

    /// <summary>The number, that of <see cref="ErrorCode"/>.</summary>
    public int Number { get; internal init; }

    /// <summary>The HTTP status to answer with.</summary>
    public int Status { get; internal init; }

    /// <summary>The text.</summary>
    /// <returns>The text.</returns>
    public override string ToString() => Text;
}
