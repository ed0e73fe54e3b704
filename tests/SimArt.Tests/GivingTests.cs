using System.Text.RegularExpressions;
using Microsoft.Playwright;

namespace SimArt.Tests;

/// <summary>All the ways in which visitors give a picture, and what the page says about it.</summary>
public sealed class GivingTests(PaintingsSite paintings, Site site)
{
    /// <summary>Makes a file of the picture of a work, as another program would give it.</summary>
    private const string FileOf = "async key => { const answer = await fetch(`/images?key=${encodeURIComponent(key)}&size=640`); window.given = new DataTransfer(); given.items.add(new File([await answer.blob()], 'mine.jpg', { type: 'image/jpeg' })); }";

    [Fact]
    public async Task A_picture_is_dropped_on_any_page()
    {
        await using Visitor visitor = await site.VisitAsync(paintings.Server.Address);
        await visitor.OpenAsync("/about");
        await visitor.Page.EvaluateAsync(FileOf, paintings.Keys[9]);
        await visitor.Page.EvaluateAsync("() => document.body.dispatchEvent(new DragEvent('dragenter', { dataTransfer: given, bubbles: true }))");
        await Assertions.Expect(visitor.Page.GetByText("Let go to find what is like this picture")).ToBeVisibleAsync();
        await visitor.Page.EvaluateAsync("() => document.body.dispatchEvent(new DragEvent('drop', { dataTransfer: given, bubbles: true, cancelable: true }))");

        await Assertions.Expect(visitor.Page).ToHaveURLAsync(new Regex("/search\\?more=upload"));
        await Assertions.Expect(visitor.Results.First).ToHaveAttributeAsync("data-key", paintings.Keys[9]);
        await Assertions.Expect(visitor.Page.GetByText("Let go to find what is like this picture")).ToBeHiddenAsync();
        visitor.AssertNoComplaints();
    }

    [Fact]
    public async Task A_picture_is_pasted_and_identified()
    {
        await using Visitor visitor = await site.VisitAsync(paintings.Server.Address);
        await visitor.OpenAsync("/identify");
        await visitor.Page.EvaluateAsync(FileOf, paintings.Keys[9]);
        await visitor.Page.EvaluateAsync("() => document.body.dispatchEvent(new ClipboardEvent('paste', { clipboardData: given, bubbles: true, cancelable: true }))");

        await Assertions.Expect(visitor.Page).ToHaveURLAsync(new Regex("/identify\\?upload="));
        await Assertions.Expect(visitor.Page.Locator($".verdict a[href*='{Asking.Quoted(paintings.Keys[9])}']")).ToBeVisibleAsync();
        await Assertions.Expect(visitor.Page.Locator("polygon.outline")).ToBeAttachedAsync();
        visitor.AssertNoComplaints();
    }

    [Fact]
    public async Task The_camera_takes_a_picture()
    {
        await using Visitor visitor = await site.VisitAsync(paintings.Server.Address);
        IPage page = visitor.Page;
        await page.Context.GrantPermissionsAsync(["camera"]);
        await visitor.OpenAsync("/identify");
        await page.GetByRole(AriaRole.Button, new() { Name = "Take a photograph" }).ClickAsync();
        ILocator camera = page.GetByRole(AriaRole.Dialog, new() { Name = "Camera" });
        await Assertions.Expect(camera).ToBeVisibleAsync();
        await page.WaitForFunctionAsync("() => document.querySelector('dialog.camera video').videoWidth > 0");
        Assert.Empty(await visitor.StumblingBlocksAsync());
        await camera.GetByRole(AriaRole.Button, new() { Name = "Take it" }).ClickAsync();

        // The browser's own test picture is no painting.
        await Assertions.Expect(page).ToHaveURLAsync(new Regex("/identify\\?upload="));
        await Assertions.Expect(page.GetByText("None of the works of this collection.").First).ToBeVisibleAsync();
        await Assertions.Expect(camera).ToHaveCountAsync(0);
        visitor.AssertNoComplaints();
    }

    [Fact]
    public async Task Guesses_say_that_they_are_guesses_and_how_often_such_are_right()
    {
        string upload = await paintings.Server.UploadedAsync(await paintings.Server.BytesAsync("/images?size=640&key=" + Asking.Quoted(paintings.Keys[9])));
        await using Visitor visitor = await site.VisitAsync(paintings.Server.Address);
        await visitor.OpenAsync("/search?more=upload:" + upload);
        ILocator guesses = visitor.Page.GetByRole(AriaRole.Region, new() { Name = "Guesses" });

        await Assertions.Expect(guesses).ToContainTextAsync("They are not facts.");
        await Assertions.Expect(guesses.Locator("dt").First).ToHaveTextAsync("Genre");
        foreach (string said in (string[])["By the model", "confidence \\d+ %", "By \\d+ neighbours, right in \\d+ % of held-out works\\.", "Else: "])
        {
            await Assertions.Expect(guesses).ToContainTextAsync(new Regex(said));
        }

        visitor.AssertNoComplaints();
    }

    [Fact]
    public async Task A_photograph_of_a_painting_is_found_by_its_points()
    {
        string upload = await paintings.Server.UploadedAsync(await paintings.Server.BytesAsync("/images?size=640&key=" + Asking.Quoted(paintings.Keys[9])));
        await using Visitor visitor = await site.VisitAsync(paintings.Server.Address);
        await visitor.OpenAsync($"/search?more={Asking.Quoted(paintings.Keys[3])}&more=upload:{upload}");
        await visitor.Page.GetByRole(AriaRole.Checkbox, new() { Name = "My picture is a photograph of a painting" }).CheckAsync();

        await Assertions.Expect(visitor.Page).ToHaveURLAsync(new Regex("photo=yes"));
        await Assertions.Expect(visitor.Results.First).ToHaveAttributeAsync("data-key", paintings.Keys[9]);
        await Assertions.Expect(visitor.Results.First).ToContainTextAsync(new Regex("Seen as: .*photograph; \\d+ points of it lie where they lie in the work"));
        visitor.AssertNoComplaints();
    }
}
