namespace Hookseal;

/// <summary>
/// The base of everything this library throws on purpose. Thrown itself where the library cannot
/// work at all, e.g. because its native part is missing.
/// </summary>
public class HooksealException : Exception
{
    internal HooksealException(ErrorCode code, string detail)
        : base($"{code.ToText()}: {detail}")
    {
        Code = code;
        Detail = detail;
    }

    /// <summary>The frozen code.</summary>
    public ErrorCode Code { get; }

    /// <summary>The code as all languages write it, e.g. <c>signature_mismatch</c>.</summary>
    public string CodeText => Code.ToText();

    /// <summary>The HTTP status to answer with.</summary>
    public virtual int Status => Code.ToHttpStatus();

    /// <summary>The reason, for the receiver's own log. Never send it to the caller.</summary>
    public string Detail { get; }
}
