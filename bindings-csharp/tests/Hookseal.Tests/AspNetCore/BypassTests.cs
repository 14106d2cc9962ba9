using System.Text;
using Hookseal.AspNetCore;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.OutputCaching;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.SignalR;
using Microsoft.Extensions.DependencyInjection;

namespace Hookseal.Tests.AspNetCore;

/// <summary>Every way to an endpoint goes through its gate, or the application does not start.</summary>
public class BypassTests
{
    private static readonly byte[] s_body = Encoding.ASCII.GetBytes("{}");

    private static Task<WebServer> StartAsync(Action<WebApplication> configure, Action<IServiceCollection>? services = null) =>
        WebServer.StartAsync(
            all =>
            {
                all.AddWebhookVerifier("gh", Deliveries.GitHub());
                // Those of the controllers of this assembly.
                all.AddWebhookVerifier("hook", Deliveries.GitHub());
                all.AddWebhookVerifier("events", HandshakeTests.Make());
                services?.Invoke(all);
            },
            configure);

    private static async Task AssertDoesNotStartAsync(
        string reason,
        Action<WebApplication> configure,
        Action<IServiceCollection>? services = null)
    {
        InvalidOperationException error = await Assert.ThrowsAsync<InvalidOperationException>(async () =>
        {
            await using WebServer server = await StartAsync(configure, services);
        });
        Assert.Contains(reason, error.Message, StringComparison.Ordinal);
    }

    private static void AddMvc(IServiceCollection services) =>
        services.AddControllersWithViews().AddApplicationPart(typeof(BypassTests).Assembly);

    [Fact]
    public async Task A_dynamic_endpoint_cannot_be_guarded_and_says_so()
    {
        await AssertDoesNotStartAsync(
            "dynamic endpoint",
            app => app.MapFallbackToController("Post", "Plain").RequireWebhook("gh"),
            AddMvc);
        await AssertDoesNotStartAsync(
            "dynamic endpoint",
            app => app.MapFallbackToController("/x/{*rest}", "Post", "Plain").RequireWebhook("gh"),
            AddMvc);
        await AssertDoesNotStartAsync(
            "dynamic endpoint",
            app => app.MapFallbackToPage("/Index").RequireWebhook("gh"),
            services => services.AddRazorPages());
        await AssertDoesNotStartAsync(
            "dynamic endpoint",
            app =>
            {
                RouteGroupBuilder group = app.MapGroup("/group").RequireWebhook("gh");
                group.MapFallbackToController("Post", "Plain");
            },
            AddMvc);
        await AssertDoesNotStartAsync(
            "dynamic endpoint",
            app =>
            {
                RouteGroupBuilder group = app.MapGroup("/group").RequireWebhook("gh");
                group.MapDynamicControllerRoute<ToPlain>("{*any}");
            },
            services =>
            {
                AddMvc(services);
                services.AddSingleton<ToPlain>();
            });
    }

    [Fact]
    public async Task A_fallback_to_a_controller_with_the_attribute_is_guarded()
    {
        await using WebServer server = await StartAsync(app => app.MapFallbackToController("Post", "Attribute"), AddMvc);
        HookCalls.Count = 0;
        Assert.Equal(401, (await server.PostAsync("/anything", [], s_body)).Status);
        Assert.Equal(0, HookCalls.Count);
    }

    [Fact]
    public async Task An_attribute_that_nobody_looks_for_stops_the_application()
    {
        await AssertDoesNotStartAsync(
            "MVC controllers and Razor Pages only",
            app => app.MapHub<GuardedHub>("/hub"),
            services => services.AddSignalR());
        await AssertDoesNotStartAsync(
            "MVC controllers and Razor Pages only",
            app => app.MapPost("/meta", () => "").WithMetadata(new RequireWebhookAttribute("gh")));
        // Where both are there, the endpoint is guarded.
        await using WebServer server = await StartAsync(
            app => app.MapHub<GuardedHub>("/hub").RequireWebhook("gh"),
            services => services.AddSignalR());
        Assert.Equal(401, (await server.PostAsync("/hub/negotiate?negotiateVersion=1", [], [])).Status);
        Assert.Equal(401, (await server.SendAsync("GET", "/hub", [], [])).Status);
    }

    [Fact]
    public async Task A_handler_that_is_replaced_later_is_guarded_or_stops_the_application()
    {
        bool called = false;
        RequestDelegate other = _ =>
        {
            called = true;
            return Task.CompletedTask;
        };
        await using WebServer server = await StartAsync(app =>
            app.MapPost("/later", () => "").RequireWebhook("gh").Add(endpoint => endpoint.RequestDelegate = other));
        Assert.Equal(401, (await server.PostAsync("/later", [], s_body)).Status);
        Assert.False(called);

        await AssertDoesNotStartAsync(
            "was replaced after RequireWebhook",
            app => app.MapPost("/last", () => "").RequireWebhook("gh").Finally(endpoint => endpoint.RequestDelegate = other));
    }

    [Fact]
    public async Task What_is_cached_is_not_served_to_everybody()
    {
        await AssertDoesNotStartAsync(
            "must not be cached",
            app =>
            {
                app.UseOutputCache();
                app.MapGet("/x", () => "").RequireWebhook("gh").CacheOutput();
            },
            services => services.AddOutputCache());
        await AssertDoesNotStartAsync(
            "must not be cached",
            app =>
            {
                app.UseOutputCache();
                app.MapGet("/x", [OutputCache] () => "").RequireWebhook("gh");
            },
            services => services.AddOutputCache());
        await AssertDoesNotStartAsync(
            "must not be cached",
            app => app.MapGet("/x", [ResponseCache(Duration = 60)] () => "").RequireWebhook("gh"));
    }

    [Theory]
    [InlineData("output")]
    [InlineData("response")]
    public async Task A_cache_in_front_of_all_endpoints_keeps_nothing_of_a_webhook(string kind)
    {
        int calls = 0;
        using Verifier sender = Deliveries.GitHub();
        await using WebServer server = await StartAsync(
            app =>
            {
                if (kind == "output")
                {
                    app.UseOutputCache();
                }
                else
                {
                    app.UseResponseCaching();
                }
                app.MapGet("/x", (HttpContext context) =>
                {
                    calls++;
                    context.Response.Headers.CacheControl = "public, max-age=600";
                    return "secret";
                }).RequireWebhook("gh");
                app.MapGet("/open", (HttpContext context) =>
                {
                    context.Response.Headers.CacheControl = "public, max-age=600";
                    return $"{calls++}";
                });
            },
            services => services
                .AddResponseCaching()
                .AddOutputCache(options => options.AddBasePolicy(policy => policy.Cache())));
        IReadOnlyDictionary<string, string> headers = sender.Sign("GET", server.Url("/x"), []);
        Assert.Equal(200, (await server.SendAsync("GET", "/x", headers, [])).Status);
        Reply reply = await server.SendAsync("GET", "/x", [], []);
        Assert.Equal(401, reply.Status);
        Assert.DoesNotContain("secret", reply.Body, StringComparison.Ordinal);
        Assert.Equal(1, calls);
        // The cache does work.
        Assert.Equal(
            (await server.SendAsync("GET", "/open", [], [])).Body,
            (await server.SendAsync("GET", "/open", [], [])).Body);
    }

    [Fact]
    public async Task Razor_Pages_are_guarded_by_their_class_or_stop_the_application()
    {
        await AssertDoesNotStartAsync(
            "The Razor Page",
            app => app.MapRazorPages().RequireWebhook("gh"),
            AddPages);
        await using WebServer server = await StartAsync(app => app.MapRazorPages(), AddPages);
        HookCalls.Count = 0;
        Assert.Equal(401, (await server.PostAsync("/Guarded", [], s_body)).Status);
        Assert.Equal(0, HookCalls.Count);
        // The page is there, and it would have run.
        using Verifier sender = Deliveries.GitHub();
        Assert.Equal(200, (await server.PostAsync("/Guarded", sender.Sign("POST", server.Url("/Guarded"), s_body), s_body)).Status);
        Assert.Equal(200, (await server.PostAsync("/Unguarded", [], s_body)).Status);
        Assert.Equal(2, HookCalls.Count);
    }

    private static void AddPages(IServiceCollection services) => services
        .AddRazorPages(options => options.Conventions.ConfigureFilter(new IgnoreAntiforgeryTokenAttribute()))
        .AddApplicationPart(typeof(BypassTests).Assembly);

    [Fact]
    public async Task An_endpoint_that_short_circuits_is_guarded_by_itself_only()
    {
        int calls = 0;
        await using WebServer server = await StartAsync(app =>
        {
            app.UseWhen(context => context.Request.Path.StartsWithSegments("/hooks"), branch => branch.UseWebhook("gh"));
            app.MapPost("/hooks/plain", () => calls++);
            app.MapPost("/hooks/guarded", () => calls++).ShortCircuit().RequireWebhook("gh");
            app.MapPost("/hooks/open", () => "").ShortCircuit();
        });
        Assert.Equal(401, (await server.PostAsync("/hooks/plain", [], s_body)).Status);
        Assert.Equal(401, (await server.PostAsync("/hooks/guarded", [], s_body)).Status);
        Assert.Equal(0, calls);
        Assert.Contains("/hooks/open short-circuits, so UseWebhook() never stands", server.Log.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("/hooks/guarded short-circuits", server.Log.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_request_that_is_executed_again_meets_the_gate_again()
    {
        int calls = 0;
        await using WebServer server = await StartAsync(app =>
        {
            app.UseExceptionHandler("/hook");
            app.UseStatusCodePagesWithReExecute("/hook");
            app.UseRouting();
            app.MapPost("/throws", (HttpContext _) => throw new InvalidTimeZoneException("deliberate"));
            app.Map("/hook", (HttpContext context) =>
            {
                calls++;
                return context.GetVerifiedEvent().Scheme;
            }).RequireWebhook("gh");
        });
        Assert.Equal(401, (await server.PostAsync("/nothing", [], s_body)).Status);
        Assert.NotEqual(200, (await server.PostAsync("/throws", [], s_body)).Status);
        Assert.Equal(0, calls);
    }

    [Fact]
    public async Task A_refusal_leaves_no_delivery_behind()
    {
        bool seen = false;
        using var another = new Verifier("github", new() { ["secret"] = "another secret of another webhook" });
        await using WebServer server = await StartAsync(
            app =>
            {
                app.UseStatusCodePages(context =>
                {
                    seen |= context.HttpContext.Features.Get<VerifiedEvent>() is not null;
                    return Task.CompletedTask;
                });
                app.MapGroup("/both").RequireWebhook("gh").MapPost("/hook", () => "").RequireWebhook("another");
            },
            services => services.AddWebhookVerifier("another", another, options => options.OnRejected = rejection =>
            {
                seen |= rejection.HttpContext.Features.Get<VerifiedEvent>() is not null;
                return Task.CompletedTask;
            }));
        using Verifier sender = Deliveries.GitHub();
        Reply reply = await server.PostAsync("/both/hook", sender.Sign("POST", server.Url("/both/hook"), s_body), s_body);
        Assert.Equal(401, reply.Status);
        Assert.False(seen);
    }

    // Pitfall MW-5.
    [Fact]
    public async Task Every_way_of_mapping_is_guarded()
    {
        int calls = 0;
        await using WebServer server = await StartAsync(
            app =>
            {
                app.MapMethods("/methods", ["GET", "HEAD", "OPTIONS", "POST", "PURGE"], () => calls++).RequireWebhook("gh");
                app.Map("/any", () => calls++).RequireWebhook("gh");
                app.MapFallback("/fallback/{**rest}", () => calls++).RequireWebhook("gh");
                app.MapPost("/filter", () => calls++)
                    .AddEndpointFilter((context, next) =>
                    {
                        calls++;
                        return next(context);
                    })
                    .RequireWebhook("gh");
                app.MapPost("/bound", ([FromBody] HookModel model) => calls++).RequireWebhook("gh");
                app.MapPost("/form", ([FromForm] string name) => calls++).RequireWebhook("gh");
                app.MapPost("/optional", (VerifiedEvent? delivery) => calls++);
                app.MapPost("/optional-service", ([FromServices] VerifiedEvent? delivery = null) => calls++);
                app.MapControllerRoute("conventional", "mvc/{controller}/{action}").RequireWebhook("gh");
                app.MapDefaultControllerRoute().RequireWebhook("gh");
            },
            AddMvc);
        HookCalls.Count = 0;
        foreach (string method in new[] { "GET", "HEAD", "OPTIONS", "POST", "PURGE" })
        {
            Assert.Equal(401, (await server.SendAsync(method, "/methods", [KeyValuePair.Create("Content-Length", "0")], [])).Status);
            Assert.Equal(401, (await server.SendAsync(method, "/any", [KeyValuePair.Create("Content-Length", "0")], [])).Status);
        }
        string[] paths = ["/fallback/x", "/filter", "/bound", "/form", "/mvc/Conventional/Post", "/Conventional/Post"];
        foreach (string path in paths)
        {
            string type = path == "/form" ? "application/x-www-form-urlencoded" : "application/json";
            Reply reply = await server.PostAsync(path, [KeyValuePair.Create("Content-Type", type)], s_body);
            Assert.True(reply.Status == 401, $"{path}: {reply}");
        }
        foreach (string path in new[] { "/optional", "/optional-service" })
        {
            Assert.Equal(500, (await server.PostAsync(path, [], s_body)).Status);
        }
        Assert.Equal((0, 0), (calls, HookCalls.Count));
    }

    [Fact]
    public async Task A_form_handler_needs_no_antiforgery_token()
    {
        await using WebServer server = await StartAsync(
            app =>
            {
                app.UseAntiforgery();
                app.MapPost("/form", ([FromForm] string name, VerifiedEvent delivery) => $"hello {name}").RequireWebhook("gh");
            },
            services => services.AddAntiforgery());
        using Verifier sender = Deliveries.GitHub();
        byte[] form = Encoding.ASCII.GetBytes("name=Ada");
        var headers = sender.Sign("POST", server.Url("/form"), form).ToDictionary();
        headers["Content-Type"] = "application/x-www-form-urlencoded";
        Reply reply = await server.PostAsync("/form", headers, form);
        Assert.Equal((200, "hello Ada"), (reply.Status, reply.Body));
        Assert.Equal(401, (await server.PostAsync("/form", headers, Encoding.ASCII.GetBytes("name=Eve"))).Status);
    }

    [Fact]
    public async Task A_fallback_policy_that_keeps_deliveries_out_is_named()
    {
        await using WebServer server = await StartAsync(
            app =>
            {
                app.MapPost("/shut", () => "").RequireWebhook("gh");
                app.MapPost("/open", () => "").RequireWebhook("gh").AllowAnonymous();
            },
            services => services.AddAuthorization(options =>
                options.FallbackPolicy = new AuthorizationPolicyBuilder().RequireAuthenticatedUser().Build()));
        Assert.Contains("/shut is protected by a webhook, and by the FallbackPolicy", server.Log.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("/open is protected", server.Log.Text, StringComparison.Ordinal);
    }

    private sealed class ToPlain : Microsoft.AspNetCore.Mvc.Routing.DynamicRouteValueTransformer
    {
        public override ValueTask<RouteValueDictionary> TransformAsync(HttpContext httpContext, RouteValueDictionary values) =>
            new(new RouteValueDictionary(new { controller = "Plain", action = "Post" }));
    }

    [RequireWebhook("gh")]
    private sealed class GuardedHub : Hub;
}

public class ConventionalController : Controller
{
    public string Post()
    {
        HookCalls.Count++;
        return "";
    }
}
