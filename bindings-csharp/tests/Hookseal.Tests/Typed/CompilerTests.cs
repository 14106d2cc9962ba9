using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace Hookseal.Tests.Typed;

/// <summary>What the compiler says of options: a slip of the pen is none of run time.</summary>
public class CompilerTests
{
    [Theory]
    [InlineData("""new PlivoOptions { AuthToken = "token", Tolerance = null }""", "CS0117: 'PlivoOptions' does not contain a definition for 'Tolerance'")]
    [InlineData("""new PlivoOptions { AuthToken = "token", AllowedIp = ["192.0.2.1"] }""", "CS0117: 'PlivoOptions' does not contain a definition for 'AllowedIp'")]
    [InlineData("""new PlvioOptions { AuthToken = "token" }""", "CS0246: The type or namespace name 'PlvioOptions' could not be found")]
    [InlineData("""new PlivoOptions { PublicUrl = "https://example.com" }""", "CS9035: Required member 'PlivoOptions.AuthToken' must be set")]
    [InlineData("""new PlivoOptions { AuthToken = 7 }""", "CS0029: Cannot implicitly convert type 'int' to 'Hookseal.Secrets'")]
    [InlineData("""new StripeOptions { Secret = "secret", Tolerance = 300 }""", "CS0029: Cannot implicitly convert type 'int' to 'System.TimeSpan?'")]
    [InlineData("""new EnablexOptions { AppId = "id", Plaintext = EnablexPlaintext.Jsn }""", "CS0117: 'EnablexPlaintext' does not contain a definition for 'Jsn'")]
    public void A_slip_does_not_compile(string options, string message)
    {
        string error = Assert.Single(Errors(options));
        Assert.StartsWith(message, error, StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_right_compiles()
    {
        Assert.Empty(Errors("""new PlivoOptions { AuthToken = "token", AllowedIps = ["192.0.2.1"] }"""));
        Assert.Empty(Errors("""new EnablexOptions { AppId = "id", Plaintext = EnablexPlaintext.Json }"""));
    }

    [Fact]
    public void What_may_be_null_is_warned_of()
    {
        string warning = Assert.Single(Errors("""new PlivoOptions { AuthToken = System.Environment.GetEnvironmentVariable("TOKEN") }"""));
        Assert.StartsWith("CS8601", warning, StringComparison.Ordinal);
    }

    [Fact]
    public void A_setting_that_is_missing_switches_no_restriction_off()
    {
        string warning = Assert.Single(Errors("""new PlivoOptions { AuthToken = "token", AllowedIps = System.Environment.GetEnvironmentVariable("IPS")?.Split(',') }"""));
        Assert.StartsWith("CS8601", warning, StringComparison.Ordinal);
    }

    private static IEnumerable<string> Errors(string options)
    {
        string program = $$"""
            using Hookseal;
            using Hookseal.Providers;

            internal static class Program
            {
                internal static Verifier Make() => new({{options}});
            }
            """;
        IEnumerable<MetadataReference> references = ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!)
            .Split(Path.PathSeparator)
            .Select(path => MetadataReference.CreateFromFile(path));
        var compilation = CSharpCompilation.Create(
            "Program",
            [CSharpSyntaxTree.ParseText(program)],
            references,
            new CSharpCompilationOptions(
                OutputKind.DynamicallyLinkedLibrary,
                generalDiagnosticOption: ReportDiagnostic.Error,
                // Of a library for an older framework; the SDK suppresses it, too.
                specificDiagnosticOptions: [KeyValuePair.Create("CS1701", ReportDiagnostic.Suppress)],
                nullableContextOptions: NullableContextOptions.Enable));
        ImmutableArray<Diagnostic> diagnostics = compilation.GetDiagnostics();
        return diagnostics
            .Where(diagnostic => diagnostic.Severity == DiagnosticSeverity.Error)
            .Select(diagnostic => $"{diagnostic.Id}: {diagnostic.GetMessage(System.Globalization.CultureInfo.InvariantCulture)}");
    }
}
