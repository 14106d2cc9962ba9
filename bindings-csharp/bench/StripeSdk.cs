using System.Text;
using Stripe;

namespace Hookseal.Bench;

/// <summary>A signed time and body: against the provider's own SDK, which is given the body as a text already.</summary>
internal static class StripeSdk
{
    private const string Secret = "whsec_a-secret-that-nobody-else-knows";
    private const string Url = "https://example.com/hook";

    internal static void Run()
    {
        using var verifier = new Verifier("stripe", new() { ["secret"] = Secret });
        foreach (int size in new[] { 200, 2048 })
        {
            string text = new('a', size);
            byte[] body = Encoding.ASCII.GetBytes(text);
            var headers = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase)
            {
                ["Host"] = "example.com",
                ["User-Agent"] = "Stripe/1.0",
                ["Content-Type"] = "application/json",
            };
            foreach ((string name, string value) in verifier.Sign("POST", Url, body, headers))
            {
                headers[name] = value;
            }
            Race.Run(
                $"stripe {size} B",
                () => verifier.TryVerify(new("POST", Url, headers, body), out _, out _),
                () => IsSigned(text, headers),
                "Stripe.net");
        }
    }

    private static bool IsSigned(string text, Dictionary<string, string> headers)
    {
        // Throws where the signature is wrong.
        EventUtility.ValidateSignature(text, headers["Stripe-Signature"], Secret);
        return true;
    }
}
