using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Hookseal.Tests.AspNetCore;

/// <summary>What was signed of a form is what <c>Request.Form</c> shows, or the request is refused.</summary>
public class FormCharsetTests
{
    private const string Form = "application/x-www-form-urlencoded";
    private static readonly byte[] s_body = Encoding.ASCII.GetBytes("From=%2B14158675310&Body=caf%C3%A9");

    private static async Task<Reply> SendAsync(params string[] contentTypes)
    {
        using var verifier = new Verifier("twilio", new() { ["auth_token"] = "0123456789abcdef0123456789abcdef" });
        await using WebServer server = await WebServer.StartAsync(
            services => services.AddWebhookVerifier("sms", verifier),
            app => app.MapPost("/sms", async (VerifiedEvent _, HttpRequest request) =>
            {
                IFormCollection form = await request.ReadFormAsync();
                return $"{form["From"]} {form["Body"].ToString().Length}";
            }).RequireWebhook("sms"));
        return await server.PostAsync(
            "/sms",
            [
                .. verifier.Sign("POST", server.Url("/sms"), s_body, [KeyValuePair.Create("Content-Type", Form)]),
                .. contentTypes.Select(type => KeyValuePair.Create("Content-Type", type)),
            ],
            s_body);
    }

    [Theory]
    [InlineData(Form)]
    [InlineData($"{Form}; charset=utf-8")]
    [InlineData($"{Form};charset=UTF-8")]
    public async Task A_form_in_utf_8_is_read_as_it_was_signed(string contentType)
    {
        Reply reply = await SendAsync(contentType);
        Assert.Equal((200, "+14158675310 4"), (reply.Status, reply.Body));
    }

    [Theory]
    [InlineData($"{Form}; charset=utf-16")]
    [InlineData($"{Form}; charset=utf-16be")]
    [InlineData($"{Form}; charset=utf-32")]
    [InlineData($"{Form}; charset=utf-7")]
    [InlineData($"{Form}; charset=\"utf-16\"")]
    [InlineData($"{Form}; charset=iso-8859-1")]
    [InlineData($"{Form}; charset=utf-8; charset=utf-16")]
    [InlineData(Form, $"{Form}; charset=utf-16")]
    [InlineData($"{Form}; charset=utf-16", Form)]
    [InlineData(Form, "text/plain")]
    public async Task A_form_in_another_charset_is_refused(params string[] contentTypes)
    {
        Reply reply = await SendAsync(contentTypes);
        Assert.True(reply.Status is 400 or 401, reply.ToString());
    }
}
