using System.Text;
using Hookseal.AspNetCore;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.DependencyInjection;

namespace Hookseal.Tests.AspNetCore;

public class MvcTests
{
    private static readonly byte[] s_json = Encoding.UTF8.GetBytes("""{"name":"caf\u00e9"}""");

    [Fact]
    public async Task A_controller_class_is_protected_by_its_attribute()
    {
        await using WebServer server = await StartAsync(app => app.MapControllers());
        await AssertProtectedAsync(server, "/attribute");
    }

    [Fact]
    public async Task All_controllers_are_protected_by_their_endpoints()
    {
        await using WebServer server = await StartAsync(app => app.MapControllers().RequireWebhook("hook"));
        await AssertProtectedAsync(server, "/plain");
    }

    [Fact]
    public async Task A_handshake_by_OPTIONS_is_answered_for_a_controller_too()
    {
        await using WebServer server = await WebServer.StartAsync(
            services =>
            {
                services.AddWebhookVerifier("events", HandshakeTests.Make());
                services.AddWebhookVerifier("hook", Deliveries.GitHub());
                services.AddCors(cors => cors.AddDefaultPolicy(policy => policy.AllowAnyOrigin()));
                services.AddControllers().AddApplicationPart(typeof(MvcTests).Assembly);
            },
            app =>
            {
                app.UseCors();
                app.MapControllers();
            });
        HookCalls.Count = 0;
        Reply reply = await server.SendAsync(
            "OPTIONS",
            "/events" + HandshakeTests.Query,
            [KeyValuePair.Create("WebHook-Request-Origin", HandshakeTests.Origin)],
            []);
        Assert.Equal((200, HandshakeTests.Origin), (reply.Status, reply.Headers["WebHook-Allowed-Origin"]));
        Assert.Equal(0, HookCalls.Count);
    }

    private static Task<WebServer> StartAsync(Action<WebApplication> map) => WebServer.StartAsync(
        services =>
        {
            services.AddWebhookVerifier("hook", Deliveries.GitHub());
            services.AddWebhookVerifier("events", HandshakeTests.Make());
            services.AddControllers().AddApplicationPart(typeof(MvcTests).Assembly);
        },
        map);

    private static async Task AssertProtectedAsync(WebServer server, string path)
    {
        using Verifier sender = Deliveries.GitHub();
        HookCalls.Count = 0;
        var headers = sender.Sign("POST", server.Url(path), s_json).ToDictionary();
        headers["Content-Type"] = "application/json";

        byte[] forged = [.. s_json, (byte)' '];
        Assert.Equal(401, (await server.PostAsync(path, headers, forged)).Status);
        Assert.Equal(0, HookCalls.Count);

        // Model binding reads the body after the verifier has.
        Reply reply = await server.PostAsync(path, headers, s_json);
        Assert.Equal((200, 1), (reply.Status, HookCalls.Count));
        Assert.Contains("github caf", reply.Body, StringComparison.Ordinal);
    }
}

public sealed record HookModel(string Name);

internal static class HookCalls
{
    internal static int Count { get; set; }
}

[ApiController]
[Route("/attribute")]
[RequireWebhook("hook")]
public class AttributeController : ControllerBase
{
    [HttpPost]
    public string Post([FromBody] HookModel model, [FromServices] VerifiedEvent delivery)
    {
        HookCalls.Count++;
        return $"{delivery.Scheme} {model.Name}";
    }
}

[ApiController]
[Route("/plain")]
public class PlainController : ControllerBase
{
    [HttpPost]
    public string Post([FromBody] HookModel model)
    {
        HookCalls.Count++;
        return $"{HttpContext.GetVerifiedEvent().Scheme} {model.Name}";
    }
}

[ApiController]
[Route("/events")]
[RequireWebhook("events")]
public class EventsController : ControllerBase
{
    [AcceptVerbs("POST", "OPTIONS")]
    public void Receive() => HookCalls.Count++;
}
