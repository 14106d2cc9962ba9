using System.Diagnostics.CodeAnalysis;

namespace Hookseal;

/// <summary>What a claim must say: a text, a whole number, a boolean, or one of several of those.</summary>
public sealed class ClaimValue
{
    private ClaimValue(OptionValue value) => Value = value;

    internal OptionValue Value { get; }

    /// <summary>A text.</summary>
    /// <param name="text">The text.</param>
    [return: NotNullIfNotNull(nameof(text))]
    public static implicit operator ClaimValue?(string? text) => Of(text);

    /// <summary>A whole number.</summary>
    /// <param name="number">The number.</param>
    public static implicit operator ClaimValue(long number) => new(number);

    /// <summary>A boolean.</summary>
    /// <param name="value">The boolean.</param>
    public static implicit operator ClaimValue(bool value) => new(value);

    /// <summary>One of several texts.</summary>
    /// <param name="texts">The texts.</param>
    [return: NotNullIfNotNull(nameof(texts))]
    public static implicit operator ClaimValue?(string[]? texts) => Of(texts);

    /// <summary>One of several whole numbers.</summary>
    /// <param name="numbers">The numbers.</param>
    [return: NotNullIfNotNull(nameof(numbers))]
    public static implicit operator ClaimValue?(long[]? numbers) =>
        numbers is null ? null : new(OptionValue.List(numbers.Select(number => (OptionValue?)number)));

    private static ClaimValue? Of(OptionValue? value) => value is null ? null : new(value);
}
