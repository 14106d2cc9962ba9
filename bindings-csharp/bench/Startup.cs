using System.Diagnostics;
using System.Globalization;

namespace Hookseal.Bench;

/// <summary>How long the library takes to load, and a verifier to be made. Compared with nothing.</summary>
internal static class Startup
{
    private const int Times = 200;

    internal static void Run()
    {
        long start = Stopwatch.GetTimestamp();
        _ = Catalogue.Schemes;
        Show($"{"load, with the catalogue",-32} {Microseconds(start),9:F0} us");
        Time("plivo", new() { ["auth_token"] = "f3c1a9d27b5e48c0a6d4", ["public_url"] = "https://api.example.com" });
        Time("azure-event-grid", new() { ["entra"] = new VerifierOptions { ["tenant"] = "contoso", ["audience"] = "api://hooks" } });
    }

    private static void Time(string scheme, VerifierOptions options)
    {
        double first = Make(scheme, options);
        double best = Enumerable.Range(1, Times - 1).Min(_ => Make(scheme, options));
        Show($"{scheme,-32} {first,9:F0} us, the best of {Times} {best,9:F1} us");
    }

    private static double Make(string scheme, VerifierOptions options)
    {
        long start = Stopwatch.GetTimestamp();
        using var verifier = new Verifier(scheme, options);
        return Microseconds(start);
    }

    private static double Microseconds(long start) => Stopwatch.GetElapsedTime(start).TotalMicroseconds;

    private static void Show(FormattableString line) => Console.WriteLine(line.ToString(CultureInfo.InvariantCulture));
}
