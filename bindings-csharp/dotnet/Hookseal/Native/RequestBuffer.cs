using System.Runtime.CompilerServices;

namespace Hookseal.Native;

/// <summary>
/// A request on its way across the boundary: its texts, one behind the other, and then its headers, packed.
/// Target, authority and scheme lie side by side and are never one text.
/// </summary>
internal unsafe ref struct RequestBuffer
{
    private HeaderValues _values;
    private int _methodEnd;
    private int _targetEnd;
    private int _authorityEnd;
    private int _schemeEnd;
    private AddressBytes _peer;
    private int _peerLength;
    private bool _hasAuthority;
    private bool _hasScheme;

    /// <param name="room">Where it goes when it fits, so that nothing is allocated.</param>
    internal RequestBuffer(Span<byte> room) => _values = new HeaderValues(room);

    /// <summary>True when the URL and the headers did not fit into the limit.</summary>
    internal readonly bool IsTooLarge => _values.IsTooLarge;

    /// <summary>To be pinned for <see cref="At"/>.</summary>
    internal readonly ReadOnlySpan<byte> Written => _values.Written;

    internal void Fill(in WebhookRequest request, string[] headerNames)
    {
        _methodEnd = Append(request.Method);
        _targetEnd = Append(request.Url);
        _hasAuthority = request.Authority is not null;
        _authorityEnd = Append(request.Authority);
        _hasScheme = request.Scheme is not null;
        _schemeEnd = Append(request.Scheme);
        request.Headers.Pack(headerNames, ref _values);
        // The zone of an IPv6 address is no part of its bytes.
        request.PeerAddress?.TryWriteBytes(_peer, out _peerLength);
    }

    /// <summary>Headers alone, where nothing else of a request is read.</summary>
    internal void Fill(WebhookHeaders headers, string[] headerNames) => headers.Pack(headerNames, ref _values);

    /// <summary>The structure that points to it all.</summary>
    /// <param name="start">Where <see cref="Written"/> is pinned.</param>
    /// <param name="body">Where the body is pinned.</param>
    /// <param name="bodyLength">Its length.</param>
    /// <param name="peer">Where the address may be copied to, of <see cref="AddressBytes.Length"/> bytes.</param>
    internal readonly NativeRequest At(byte* start, byte* body, int bodyLength, byte* peer)
    {
        ((ReadOnlySpan<byte>)_peer).CopyTo(new Span<byte>(peer, AddressBytes.Length));
        return new()
        {
            Method = start,
            MethodLength = (nuint)_methodEnd,
            Target = start + _methodEnd,
            TargetLength = (nuint)(_targetEnd - _methodEnd),
            Authority = _hasAuthority ? start + _targetEnd : null,
            AuthorityLength = (nuint)(_authorityEnd - _targetEnd),
            Scheme = _hasScheme ? start + _authorityEnd : null,
            SchemeLength = (nuint)(_schemeEnd - _authorityEnd),
            Headers = start + _schemeEnd,
            HeadersLength = (nuint)(_values.Length - _schemeEnd),
            Body = body,
            BodyLength = (nuint)bodyLength,
            Peer = peer,
            PeerLength = (nuint)_peerLength,
        };
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

    /// <summary>Room for an IPv6 address.</summary>
    [InlineArray(Length)]
    internal struct AddressBytes
    {
        internal const int Length = 16;

        private byte _first;
    }
}
