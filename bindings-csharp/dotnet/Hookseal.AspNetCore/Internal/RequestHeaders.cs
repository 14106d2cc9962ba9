using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;

namespace Hookseal.AspNetCore.Internal;

/// <summary>The headers of a request, looked up by name.</summary>
internal sealed class RequestHeaders(IHeaderDictionary headers, ReceivedRequest received) : IHeaderSource
{
    public void Read(string name, ref HeaderValues values)
    {
        if (!received.TryGetForwarded(name, out StringValues all))
        {
            headers.TryGetValue(name, out all);
        }
        foreach (string? value in all)
        {
            values.Add(value);
        }
    }
}
