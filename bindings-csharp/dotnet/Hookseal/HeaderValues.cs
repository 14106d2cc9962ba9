using System.Buffers;
using System.Buffers.Binary;
using System.Text;

namespace Hookseal;

/// <summary>
/// Takes the values of one header after the other and writes them, as UTF-8, into the one flat
/// buffer that crosses to the native library.
/// </summary>
public ref struct HeaderValues
{
    /// <summary>More than any server accepts; a request beyond it is rejected as too large.</summary>
    private const int Limit = 64 << 20;

    /// <summary>A slot and a length stand before each value.</summary>
    private const int PrefixLength = 1 + sizeof(uint);

    private Span<byte> _buffer;
    private byte[]? _rented;
    private byte _slot;

    internal HeaderValues(Span<byte> initialBuffer) => _buffer = initialBuffer;

    /// <summary>How much has been written.</summary>
    internal int Length { get; private set; }

    /// <summary>True when something was left out because it did not fit into the limit.</summary>
    internal bool IsTooLarge { get; private set; }

    internal readonly ReadOnlySpan<byte> Written => _buffer[..Length];

    /// <summary>Adds one value. Null adds nothing.</summary>
    /// <param name="value">The value as the server decoded it; the core rejects what is not ASCII.</param>
    public void Add(string? value)
    {
        if (value is null)
        {
            return;
        }
        int prefix = Length;
        if (Reserve(PrefixLength))
        {
            Length += PrefixLength;
            AppendText(value);
            WritePrefix(prefix);
        }
    }

    /// <summary>Adds one value as the bytes that came over the wire.</summary>
    /// <param name="value">The value.</param>
    public void Add(scoped ReadOnlySpan<byte> value)
    {
        int prefix = Length;
        if (!IsTooLarge && value.Length <= Limit && Reserve(PrefixLength + value.Length))
        {
            value.CopyTo(_buffer[(prefix + PrefixLength)..]);
            Length += PrefixLength + value.Length;
            WritePrefix(prefix);
        }
        else
        {
            IsTooLarge = true;
        }
    }

    /// <summary>Says which header the next values belong to.</summary>
    internal void Select(int slot) => _slot = checked((byte)slot);

    /// <summary>Appends text without a prefix. Lone surrogates become U+FFFD, which no sender can have signed.</summary>
    internal void AppendText(string text)
    {
        if (!Reserve(text.Length))
        {
            return;
        }
        // Nearly every text is ASCII, a byte a character.
        if (Ascii.FromUtf16(text, _buffer[Length..], out int written) == OperationStatus.Done)
        {
            Length += written;
        }
        else if (Reserve(Encoding.UTF8.GetByteCount(text)))
        {
            Length += Encoding.UTF8.GetBytes(text, _buffer[Length..]);
        }
    }

    internal void Return()
    {
        if (_rented is not null)
        {
            ArrayPool<byte>.Shared.Return(_rented);
            _rented = null;
        }
    }

    private readonly void WritePrefix(int position)
    {
        _buffer[position] = _slot;
        BinaryPrimitives.WriteUInt32LittleEndian(_buffer[(position + 1)..], (uint)(Length - position - PrefixLength));
    }

    private bool Reserve(int more)
    {
        if (more <= _buffer.Length - Length)
        {
            return true;
        }
        if (more > Limit - Length)
        {
            IsTooLarge = true;
            return false;
        }
        byte[] larger = ArrayPool<byte>.Shared.Rent(Math.Max(Length + more, _buffer.Length * 2));
        Written.CopyTo(larger);
        Return();
        _buffer = _rented = larger;
        return true;
    }
}
