using System.Net;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.DependencyInjection;

namespace Hookseal.Tests.AspNetCore;

/// <summary>An application in the test server of ASP.NET Core, where there is no wire, no connection and no address.</summary>
public class TestServerTests
{
    private static async Task<WebApplication> StartAsync(VerifierOptions options)
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseTestServer();
        builder.Services.AddWebhookVerifier("hook", "plivo", options);
        WebApplication app = builder.Build();
        app.UsePathBase("/base");
        app.UseRouting();
        app.MapMethods("/{**path}", ["GET", "POST"], (VerifiedEvent delivery) => "verified").RequireWebhook("hook");
        await app.StartAsync();
        return app;
    }

    [Theory]
    [InlineData("/")]
    [InlineData("/answer")]
    [InlineData("/answer?a=%2F&b=c+d")]
    [InlineData("/caf%C3%A9?q=%C3%A9")]
    [InlineData("/a%20b")]
    [InlineData("/base/answer?a=b")]
    public async Task A_request_of_its_client_is_verified(string target)
    {
        await using WebApplication app = await StartAsync(new() { ["auth_token"] = Deliveries.Token });
        using HttpClient client = app.GetTestClient();
        using Verifier sender = Deliveries.Plivo();
        async Task<HttpStatusCode> SendAsync(string signedUrl)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, new Uri($"http://localhost{target}"));
            foreach ((string name, string value) in sender.Sign("GET", signedUrl, []))
            {
                request.Headers.Add(name, value);
            }
            using HttpResponseMessage response = await client.SendAsync(request, TestContext.Current.CancellationToken);
            return response.StatusCode;
        }
        Assert.Equal(HttpStatusCode.OK, await SendAsync($"http://localhost{target}"));
        Assert.Equal(HttpStatusCode.Unauthorized, await SendAsync($"http://localhost{target}x"));
        Assert.Equal(HttpStatusCode.Unauthorized, await SendAsync($"https://localhost{target}"));
    }

    [Fact]
    public async Task A_request_without_a_raw_target_is_verified()
    {
        await using WebApplication app = await StartAsync(
            new() { ["auth_token"] = Deliveries.Token, ["public_url"] = "https://calls.example.com" });
        using Verifier sender = Deliveries.Plivo();
        HttpContext context = await app.GetTestServer().SendAsync(
            context =>
            {
                context.Request.Method = "POST";
                context.Request.PathBase = "/base";
                context.Request.Path = "/a b";
                context.Request.QueryString = new QueryString("?x=%2F");
                context.Request.ContentType = "application/x-www-form-urlencoded";
                context.Request.Body = new MemoryStream(Encoding.ASCII.GetBytes("From=1"));
                KeyValuePair<string, string>[] others =
                    [KeyValuePair.Create("Content-Type", "application/x-www-form-urlencoded")];
                foreach ((string name, string value) in sender.Sign(
                    "POST", "https://calls.example.com/base/a%20b?x=%2F", Encoding.ASCII.GetBytes("From=1"), others))
                {
                    context.Request.Headers[name] = value;
                }
            },
            TestContext.Current.CancellationToken);
        Assert.Equal(200, context.Response.StatusCode);
    }

    [Fact]
    public async Task Nobody_has_an_address_here()
    {
        await using WebApplication app = await StartAsync(
            new() { ["auth_token"] = Deliveries.Token, ["allowed_ips"] = new[] { "127.0.0.1" } });
        using HttpClient client = app.GetTestClient();
        using HttpResponseMessage response = await client.GetAsync(
            new Uri("http://localhost/answer"), TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.Forbidden, response.StatusCode);
    }
}
