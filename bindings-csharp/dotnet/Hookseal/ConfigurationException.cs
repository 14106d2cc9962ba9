namespace Hookseal;

/// <summary>A verifier cannot be made, or was called, the way it was; the detail names the option or argument.</summary>
public sealed class ConfigurationException : HooksealException
{
    internal ConfigurationException(string detail)
        : base(ErrorCode.Configuration, detail)
    {
    }
}
