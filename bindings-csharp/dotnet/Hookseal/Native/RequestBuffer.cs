namespace Hookseal.Native;

/// <summary>
/// A request on its way across the boundary: its texts, one behind the other, and then its headers, packed.
/// Target, authority and scheme lie side by side and are never one text.
/// </summary>
internal unsafe ref struct RequestBuffer
{
    /// <summary>Room for an IPv6 address.</summary>
    internal const int AddressSize = 16;

    private HeaderValues _values;
    private int _methodEnd;
    private int _targetEnd;
    private int _authorityEnd;
    private int _schemeEnd;
    private int _peerLength;
    private bool _hasAuthority;
    private bool _hasScheme;

    /// <param name="room">Where it goes when it fits, so that nothing is allocated.</param>
    internal RequestBuffer(Span<byte> room) => _values = new HeaderValues(room);

    /// <summary>True when the URL and the headers did not fit into the limit.</summary>
    internal readonly bool IsTooLarge => _values.IsTooLarge;

    /// <summary>To be pinned for <see cref="PointAt"/>.</summary>
    internal readonly ReadOnlySpan<byte> Written => _values.Written;

    /// <param name="request">The request.</param>
    /// <param name="headerNames">The headers to take, in slot order.</param>
    /// <param name="peer">Where its address goes, of <see cref="AddressSize"/> bytes.</param>
    internal void Fill(in WebhookRequest request, string[] headerNames, Span<byte> peer)
    {
        _methodEnd = Append(request.Method);
        _targetEnd = Append(request.Url);
        _hasAuthority = request.Authority is not null;
        _authorityEnd = Append(request.Authority);
        _hasScheme = request.Scheme is not null;
        _schemeEnd = Append(request.Scheme);
        request.Headers.Pack(headerNames, ref _values);
        // The zone of an IPv6 address is not a part of its bytes.
        request.PeerAddress?.TryWriteBytes(peer, out _peerLength);
    }

    /// <summary>Headers alone, where nothing else of a request is read.</summary>
    internal void Fill(WebhookHeaders headers, string[] headerNames) => headers.Pack(headerNames, ref _values);

    /// <summary>Fills the structure that points to it all.</summary>
    /// <param name="start">Where <see cref="Written"/> is pinned.</param>
    /// <param name="body">Where the body is pinned.</param>
    /// <param name="bodyLength">Its length.</param>
    /// <param name="peer">Where the address is.</param>
    /// <param name="parts">The structure.</param>
    internal readonly void PointAt(byte* start, byte* body, int bodyLength, byte* peer, out NativeRequest parts)
    {
        parts.Method = start;
        parts.MethodLength = (nuint)_methodEnd;
        parts.Target = start + _methodEnd;
        parts.TargetLength = (nuint)(_targetEnd - _methodEnd);
        parts.Authority = _hasAuthority ? start + _targetEnd : null;
        parts.AuthorityLength = (nuint)(_authorityEnd - _targetEnd);
        parts.Scheme = _hasScheme ? start + _authorityEnd : null;
        parts.SchemeLength = (nuint)(_schemeEnd - _authorityEnd);
        parts.Headers = start + _schemeEnd;
        parts.HeadersLength = (nuint)(_values.Length - _schemeEnd);
        parts.Body = body;
        parts.BodyLength = (nuint)bodyLength;
        parts.Peer = peer;
        parts.PeerLength = (nuint)_peerLength;
    }

    internal void Return() => _values.Return();

    private int Append(string? text)
    {
        if (text is not null)
        {
            _values.AppendText(text);
        }
        return _values.Length;
    }
}
