using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Hookseal.Native;

/// <summary>The functions of <c>include/hookseal.h</c>, which says what they do. A test compares the two.</summary>
internal static unsafe partial class NativeMethods
{
    internal const string Library = "hookseal_ffi";

    /// <summary>HOOKSEAL_ABI_VERSION of the header that this file was written against.</summary>
    internal const uint AbiVersion = 3;

    /// <summary>HOOKSEAL_OK.</summary>
    internal const int Ok = 0;

    /// <summary>HOOKSEAL_DETAIL_SIZE.</summary>
    internal const int DetailSize = 1024;

    /// <summary>A configuration error lists what is allowed, so it can be longer than that of a request.</summary>
    internal const int ConfigurationDetailSize = 4 * DetailSize;

    [LibraryImport(Library, EntryPoint = "hookseal_abi_version")]
    [UnmanagedCallConv(CallConvs = [typeof(CallConvCdecl)])]
    internal static partial uint GetAbiVersion();

    [LibraryImport(Library, EntryPoint = "hookseal_version")]
    [UnmanagedCallConv(CallConvs = [typeof(CallConvCdecl)])]
    internal static partial byte* GetVersion();

    [LibraryImport(Library, EntryPoint = "hookseal_error_codes")]
    [UnmanagedCallConv(CallConvs = [typeof(CallConvCdecl)])]
    internal static partial byte* GetErrorCodes();

    [LibraryImport(Library, EntryPoint = "hookseal_schemes")]
    [UnmanagedCallConv(CallConvs = [typeof(CallConvCdecl)])]
    internal static partial byte* GetSchemes();

    [LibraryImport(Library, EntryPoint = "hookseal_verifier_new")]
    [UnmanagedCallConv(CallConvs = [typeof(CallConvCdecl)])]
    internal static partial int VerifierNew(
        byte* scheme,
        nuint schemeLength,
        byte* optionsJson,
        nuint optionsJsonLength,
        nint* verifier,
        byte* detail,
        nuint detailSize);

    [LibraryImport(Library, EntryPoint = "hookseal_verifier_free")]
    [UnmanagedCallConv(CallConvs = [typeof(CallConvCdecl)])]
    internal static partial void VerifierFree(nint verifier);

    [LibraryImport(Library, EntryPoint = "hookseal_describe")]
    [UnmanagedCallConv(CallConvs = [typeof(CallConvCdecl)])]
    internal static partial byte* Describe(VerifierHandle verifier);

    [LibraryImport(Library, EntryPoint = "hookseal_verify")]
    [UnmanagedCallConv(CallConvs = [typeof(CallConvCdecl)])]
    internal static partial int Verify(
        VerifierHandle verifier,
        NativeRequest* request,
        byte* introspection,
        nuint introspectionLength,
        long* now,
        NativeFacts* facts,
        byte** answerJson,
        byte* detail,
        nuint detailSize);

    [LibraryImport(Library, EntryPoint = "hookseal_check_head")]
    [UnmanagedCallConv(CallConvs = [typeof(CallConvCdecl)])]
    internal static partial int CheckHead(
        VerifierHandle verifier,
        NativeRequest* request,
        long* now,
        byte** answerJson,
        byte* detail,
        nuint detailSize);

    [LibraryImport(Library, EntryPoint = "hookseal_facts_free")]
    [UnmanagedCallConv(CallConvs = [typeof(CallConvCdecl)])]
    internal static partial void FactsFree(NativeFacts* facts);

    [LibraryImport(Library, EntryPoint = "hookseal_decrypt")]
    [UnmanagedCallConv(CallConvs = [typeof(CallConvCdecl)])]
    internal static partial int Decrypt(
        VerifierHandle verifier,
        byte* text,
        nuint textLength,
        byte* iv,
        nuint ivLength,
        byte* cipher,
        nuint cipherLength,
        nuint* decryptedLength,
        byte* detail,
        nuint detailSize);

    [LibraryImport(Library, EntryPoint = "hookseal_key_request")]
    [UnmanagedCallConv(CallConvs = [typeof(CallConvCdecl)])]
    internal static partial byte* KeyRequest(VerifierHandle verifier);

    [LibraryImport(Library, EntryPoint = "hookseal_supply_keys")]
    [UnmanagedCallConv(CallConvs = [typeof(CallConvCdecl)])]
    internal static partial int SupplyKeys(
        VerifierHandle verifier,
        byte* document,
        nuint documentLength,
        byte** nextUrl,
        byte* detail,
        nuint detailSize);

    [LibraryImport(Library, EntryPoint = "hookseal_diagnose")]
    [UnmanagedCallConv(CallConvs = [typeof(CallConvCdecl)])]
    internal static partial int Diagnose(
        VerifierHandle verifier,
        int code,
        NativeRequest* request,
        byte* more,
        nuint moreSize);

    [LibraryImport(Library, EntryPoint = "hookseal_bearer_token")]
    [UnmanagedCallConv(CallConvs = [typeof(CallConvCdecl)])]
    internal static partial int BearerToken(
        VerifierHandle verifier,
        NativeRequest* request,
        byte** token,
        nuint* tokenLength,
        byte* detail,
        nuint detailSize);

    [LibraryImport(Library, EntryPoint = "hookseal_issuer_new")]
    [UnmanagedCallConv(CallConvs = [typeof(CallConvCdecl)])]
    internal static partial int IssuerNew(
        byte* optionsJson,
        nuint optionsJsonLength,
        nint* issuer,
        byte* detail,
        nuint detailSize);

    [LibraryImport(Library, EntryPoint = "hookseal_issuer_free")]
    [UnmanagedCallConv(CallConvs = [typeof(CallConvCdecl)])]
    internal static partial void IssuerFree(nint issuer);

    [LibraryImport(Library, EntryPoint = "hookseal_issuer_jwks")]
    [UnmanagedCallConv(CallConvs = [typeof(CallConvCdecl)])]
    internal static partial byte* IssuerJwks(IssuerHandle issuer);

    [LibraryImport(Library, EntryPoint = "hookseal_issuer_max_body_bytes")]
    [UnmanagedCallConv(CallConvs = [typeof(CallConvCdecl)])]
    internal static partial nuint IssuerMaxBodyBytes(IssuerHandle issuer);

    [LibraryImport(Library, EntryPoint = "hookseal_issuer_respond")]
    [UnmanagedCallConv(CallConvs = [typeof(CallConvCdecl)])]
    internal static partial int IssuerRespond(
        IssuerHandle issuer,
        byte* method,
        nuint methodLength,
        byte* contentType,
        nuint contentTypeLength,
        byte* authorization,
        nuint authorizationLength,
        byte* body,
        nuint bodyLength,
        long* now,
        byte** replyJson,
        byte* detail,
        nuint detailSize);

    [LibraryImport(Library, EntryPoint = "hookseal_sign")]
    [UnmanagedCallConv(CallConvs = [typeof(CallConvCdecl)])]
    internal static partial int Sign(
        VerifierHandle verifier,
        byte* method,
        nuint methodLength,
        byte* url,
        nuint urlLength,
        byte* headersJson,
        nuint headersJsonLength,
        byte* body,
        nuint bodyLength,
        byte* deliveryId,
        nuint deliveryIdLength,
        long* now,
        byte* keyId,
        nuint keyIdLength,
        byte** signedJson,
        byte* detail,
        nuint detailSize);

    [LibraryImport(Library, EntryPoint = "hookseal_string_free")]
    [UnmanagedCallConv(CallConvs = [typeof(CallConvCdecl)])]
    internal static partial void StringFree(byte* text);

    /// <summary>Panics on purpose. Not in the header: it is there for the tests alone.</summary>
    [LibraryImport(Library, EntryPoint = "hookseal_panic_self_test")]
    [UnmanagedCallConv(CallConvs = [typeof(CallConvCdecl)])]
    internal static partial int PanicSelfTest(byte* detail, nuint detailSize);
}

/// <summary><c>hookseal_request</c>.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct NativeRequest
{
    internal byte* Method;
    internal nuint MethodLength;
    internal byte* Target;
    internal nuint TargetLength;
    internal byte* Authority;
    internal nuint AuthorityLength;
    internal byte* Scheme;
    internal nuint SchemeLength;
    internal byte* Headers;
    internal nuint HeadersLength;
    internal byte* Body;
    internal nuint BodyLength;
    internal byte* Peer;
    internal nuint PeerLength;
}

/// <summary><c>hookseal_facts</c>.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct NativeFacts
{
    internal long Timestamp;
    internal byte* DeliveryId;
    internal nuint DeliveryIdLength;
    internal byte* EventType;
    internal nuint EventTypeLength;
    internal byte* Payload;
    internal nuint PayloadLength;
    internal byte* Token;
    internal nuint TokenLength;
    internal ushort Key;
    internal byte Variant;
    internal byte UrlForm;
    internal byte HasTimestamp;
    internal byte HasReplayKey;
    internal byte OwnsDeliveryId;
    internal byte OwnsEventType;
    internal ReplayKeyDigits ReplayKey;

    internal readonly bool IsOwner =>
        Payload is not null || Token is not null || (OwnsDeliveryId | OwnsEventType) != 0;
}

/// <summary>64 ASCII hex digits.</summary>
[InlineArray(64)]
internal struct ReplayKeyDigits
{
    private byte _first;
}
