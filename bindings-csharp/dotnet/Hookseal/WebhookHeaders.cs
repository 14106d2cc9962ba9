using System.Text;

namespace Hookseal;

/// <summary>
/// The headers of a request. Made from a dictionary, from pairs, or from an
/// <see cref="IHeaderSource"/>. Names are compared without case.
/// </summary>
public readonly struct WebhookHeaders
{
    /// <summary>An <see cref="IHeaderSource"/>, an <see cref="IHeaderPairs"/>, pairs of strings, or null for no header.</summary>
    private readonly object? _source;

    private WebhookHeaders(object? source) => _source = source;

    /// <summary>Makes them from a dictionary.</summary>
    /// <param name="headers">Names and values; null for no header.</param>
    public static implicit operator WebhookHeaders(Dictionary<string, string>? headers) => new(headers);

    /// <summary>Makes them from pairs, where a name may occur more than once.</summary>
    /// <param name="headers">Names and values; null for no header.</param>
    public static implicit operator WebhookHeaders(KeyValuePair<string, string>[]? headers) => new(headers);

    /// <summary>Makes them from pairs, where a name may occur more than once.</summary>
    /// <param name="headers">Names and values; null for no header.</param>
    public static implicit operator WebhookHeaders(List<KeyValuePair<string, string>>? headers) => new(headers);

    /// <summary>Makes them from pairs, where a name may occur more than once.</summary>
    /// <param name="headers">Names and values; null for no header. Enumerated once a verification.</param>
    /// <returns>The headers.</returns>
    public static WebhookHeaders From(IEnumerable<KeyValuePair<string, string>>? headers) => new(headers);

    /// <summary>Makes them from names with several values each, e.g. <c>HttpRequestMessage.Headers</c>.</summary>
    /// <typeparam name="TValues">The values of one name.</typeparam>
    /// <param name="headers">Names and values; null for no header. Enumerated once a verification.</param>
    /// <returns>The headers.</returns>
    public static WebhookHeaders From<TValues>(IEnumerable<KeyValuePair<string, TValues>>? headers)
        where TValues : IEnumerable<string?> => new(headers is null ? null : new MultiMap<TValues>(headers));

    /// <summary>Makes them from a server's own form.</summary>
    /// <param name="headers">The headers; null for no header.</param>
    /// <returns>The headers.</returns>
    public static WebhookHeaders From(IHeaderSource? headers) => new(headers);

    /// <summary>Writes the values of the wanted names, each under its position in the list.</summary>
    internal void Pack(string[] wanted, ref HeaderValues values)
    {
        switch (_source)
        {
            case IHeaderSource source:
                for (int slot = 0; slot < wanted.Length; slot++)
                {
                    values.Select(slot);
                    source.Read(wanted[slot], ref values);
                }
                break;

            case IHeaderPairs pairs:
                pairs.Pack(wanted, ref values);
                break;

            // The usual form apart, since enumerating it allocates nothing.
            case Dictionary<string, string> dictionary:
                foreach ((string name, string value) in dictionary)
                {
                    if (TrySelect(wanted, name, ref values))
                    {
                        values.Add(value);
                    }
                }
                break;

            case IEnumerable<KeyValuePair<string, string>> pairs:
                foreach ((string name, string value) in pairs)
                {
                    if (TrySelect(wanted, name, ref values))
                    {
                        values.Add(value);
                    }
                }
                break;
        }
    }

    private static bool TrySelect(string[] wanted, string? name, ref HeaderValues values)
    {
        for (int slot = 0; slot < wanted.Length; slot++)
        {
            // The length first: it tells most names apart without a call.
            if (wanted[slot].Length == name?.Length && Ascii.EqualsIgnoreCase(wanted[slot], name))
            {
                values.Select(slot);
                return true;
            }
        }
        return false;
    }

    /// <summary>Hides a type argument from <see cref="Pack"/>.</summary>
    private interface IHeaderPairs
    {
        void Pack(string[] wanted, ref HeaderValues values);
    }

    private sealed class MultiMap<TValues>(IEnumerable<KeyValuePair<string, TValues>> headers) : IHeaderPairs
        where TValues : IEnumerable<string?>
    {
        public void Pack(string[] wanted, ref HeaderValues values)
        {
            foreach ((string name, TValues all) in headers)
            {
                if (all is null || !TrySelect(wanted, name, ref values))
                {
                    continue;
                }
                foreach (string? value in all)
                {
                    values.Add(value);
                }
            }
        }
    }
}
