using Hookseal.AspNetCore;
using Hookseal.Tests.AspNetCore;
using Microsoft.AspNetCore.Mvc.ApplicationParts;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.AspNetCore.Razor.Hosting;

// What the Razor compiler makes of a file.
[assembly: ProvideApplicationPartFactory(
    "Microsoft.AspNetCore.Mvc.ApplicationParts.ConsolidatedAssemblyApplicationPartFactory, Microsoft.AspNetCore.Mvc.Razor")]
[assembly: RazorCompiledItem(typeof(GuardedPage), "mvc.1.0.razor-page", "/Pages/Guarded.cshtml")]
[assembly: RazorCompiledItem(typeof(PlainPage), "mvc.1.0.razor-page", "/Pages/Unguarded.cshtml")]

namespace Hookseal.Tests.AspNetCore;

[RequireWebhook("gh")]
public class GuardedModel : PageModel
{
    public void OnPost() => HookCalls.Count++;
}

public class PlainModel : PageModel
{
    public void OnPost() => HookCalls.Count++;
}

public class GuardedPage : Page
{
    public GuardedModel Model => (GuardedModel)ViewContext.ViewData.Model!;

    public override Task ExecuteAsync() => Task.CompletedTask;
}

public class PlainPage : Page
{
    public PlainModel Model => (PlainModel)ViewContext.ViewData.Model!;

    public override Task ExecuteAsync() => Task.CompletedTask;
}
