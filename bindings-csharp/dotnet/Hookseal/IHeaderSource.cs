namespace Hookseal;

/// <summary>
/// The headers of a request, in whatever form a server holds them. Asked only for the few names
/// that a verifier needs.
/// </summary>
public interface IHeaderSource
{
    /// <summary>
    /// Adds every value of a header, one call of <see cref="HeaderValues.Add(string)"/> for each
    /// time it occurs; nothing where it does not.
    /// </summary>
    /// <param name="name">The name in lower case, to be compared without case.</param>
    /// <param name="values">Takes the values.</param>
    void Read(string name, ref HeaderValues values);
}
