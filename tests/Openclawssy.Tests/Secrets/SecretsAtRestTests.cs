using System.Text;
using System.Text.Json.Nodes;
using Openclawssy.TestKit;
using Openclawssy.Tests.Cli;
using Xunit;

namespace Openclawssy.Tests.Secrets;

/// <summary>
/// S30 and S33: planted values go everywhere a run lets them in (a file the model reads, the message, the model's own words
/// and inputs), and are then looked for in every byte below the state folder and in every request to the model.
/// </summary>
public sealed class SecretsAtRestTests : IDisposable
{
    const int Planted = 50;

    readonly TempFolder folder = new();
    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task No_planted_value_is_found_below_the_state_folder_or_in_a_request_to_the_model()
    {
        var values = Enumerable.Range(0, Planted).Select(i => $"pl4nted+{i}/väl?{Convert.ToHexStringLower(System.Security.Cryptography.RandomNumberGenerator.GetBytes(8))}").ToList();
        var bodies = await RunWithAsync(values, store: true);
        Assert.Empty(Found(values, bodies));
    }

    // The negative control: the same run without the store leaves the values lying about, and the search finds them in each form.
    [Fact]
    public async Task The_search_finds_what_nobody_scrubs()
    {
        var values = Enumerable.Range(0, 3).Select(i => $"pl4nted+{i}/väl?{Convert.ToHexStringLower(System.Security.Cryptography.RandomNumberGenerator.GetBytes(8))}").ToList();
        var found = Found(values, await RunWithAsync(values, store: false));
        foreach (var place in (string[])["request", "events.jsonl", "toolcalls.jsonl"]) Assert.Contains(found, hit => hit.EndsWith(place, StringComparison.Ordinal));
        foreach (var form in (string[])["raw", "base64", "hex", "url"]) Assert.Contains(found, hit => hit.StartsWith(form, StringComparison.Ordinal));
    }

    async Task<List<string>> RunWithAsync(List<string> values, bool store)
    {
        await using var server = await FakeModelServer.StartAsync();
        Assert.Equal(0, await House().RunAsync("init", "--root", folder.Path));
        File.WriteAllText(folder[".openclawssy/config.json"], new JsonObject
        {
            ["model"] = new JsonObject { ["provider"] = "generic", ["name"] = "m" },
            ["providers"] = new JsonObject { ["generic"] = new JsonObject { ["base_url"] = server.BaseUrl } },
        }.ToJsonString());
        if (store)
            for (var i = 0; i < values.Count; i++) Assert.Equal(0, await House().Typing(values[i]).RunAsync("secrets", "set", $"planted/{i}", "--root", folder.Path));

        File.WriteAllText(folder["workspace/notes.txt"], string.Join('\n', values.SelectMany(value => Forms(value).Select(form => form.Text))));
        server.Answers(FakeAnswer.Calls(("fs.read", """{"path":"notes.txt"}""")))
            .Answers(FakeAnswer.Calls(("fs.write", new JsonObject { ["path"] = "copy.txt", ["content"] = values[0] }.ToJsonString())))
            .Answers(FakeAnswer.Says("done"));
        Assert.Equal(0, await House().RunAsync("ask", "--root", folder.Path, $"what is {values[1]}?"));
        return [.. server.Requests.Select(request => request.Text)];
    }

    List<string> Found(List<string> values, List<string> bodies)
    {
        var found = new List<string>();
        var places = Directory.EnumerateFiles(folder[".openclawssy"], "*", SearchOption.AllDirectories).Select(path => (Path.GetFileName(path), File.ReadAllBytes(path)))
            .Concat(bodies.Select(body => ("request", Encoding.UTF8.GetBytes(body))));
        foreach (var (name, bytes) in places)
            foreach (var value in values)
                foreach (var (form, text) in Forms(value))
                    foreach (var spelled in (string[])[text, System.Text.Json.JsonEncodedText.Encode(text).ToString()])
                        if (bytes.AsSpan().IndexOf(Encoding.UTF8.GetBytes(spelled)) >= 0) found.Add($"{form} in {name}");
        return found;
    }

    static IEnumerable<(string Form, string Text)> Forms(string value)
    {
        var bytes = Encoding.UTF8.GetBytes(value);
        return [("raw", value), ("base64", Convert.ToBase64String(bytes)), ("hex", Convert.ToHexStringLower(bytes)), ("url", Uri.EscapeDataString(value))];
    }

    CliHouse House() => new CliHouse().With("XDG_STATE_HOME", folder["user"]).With("OPENAI_COMPAT_API_KEY", "another-key-0123456789");
}
