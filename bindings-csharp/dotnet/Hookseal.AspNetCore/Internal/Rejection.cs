using System.Text;

namespace Hookseal.AspNetCore.Internal;

/// <summary>What every rejected caller gets, in all languages the same. A test compares it with the C header.</summary>
internal static class Rejection
{
    internal const string ContentType = "application/json";

    internal const string Text = """{"error":"webhook_rejected"}""";

    internal static readonly ReadOnlyMemory<byte> Body = Encoding.ASCII.GetBytes(Text);
}
