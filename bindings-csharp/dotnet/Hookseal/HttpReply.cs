using System.Diagnostics;
using System.Text.Json;

namespace Hookseal;

/// <summary>A whole HTTP response that the library made, to be sent as it is.</summary>
[DebuggerDisplay("{ToString(),nq}")]
public sealed class HttpReply
{
    internal HttpReply(JsonElement reply)
    {
        Status = reply.GetProperty("status").GetInt32();
        Headers = [.. reply.GetProperty("headers").EnumerateArray()
            .Select(header => KeyValuePair.Create(header[0].GetString()!, header[1].GetString()!))];
        Body = reply.GetProperty("body").GetString()!;
    }

    /// <summary>The HTTP status.</summary>
    public int Status { get; }

    /// <summary>The headers to send; <c>Content-Length</c> is not among them.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Headers { get; }

    /// <summary>The body, to be sent in UTF-8. May be empty.</summary>
    public string Body { get; }

    /// <summary>Leaves the body out, since it may be a token.</summary>
    /// <returns>A text for a log.</returns>
    public override string ToString() => $"HttpReply({Status})";
}
