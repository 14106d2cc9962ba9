namespace Hookseal;

/// <summary>So many of something, or as many as anybody likes.</summary>
public sealed class Rate
{
    private Rate(OptionValue value) => Value = value;

    /// <summary>As many as anybody likes: <c>*</c>.</summary>
    public static Rate Any { get; } = new(TypedValue.Of("*")!);

    internal OptionValue Value { get; }

    /// <summary>So many.</summary>
    /// <param name="count">The number.</param>
    public static implicit operator Rate(long count) => new(count);
}
