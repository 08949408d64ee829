using System.Text.Json.Nodes;
using Openclawssy.TestKit;
using Xunit;

namespace Openclawssy.Tests.Gateway;

public sealed class RunRoutesTests
{
    [Fact]
    public async Task A_run_is_queued_runs_and_can_be_read()
    {
        await using var house = await GatewayHouse.OpenAsync();
        house.Model.Answers(FakeAnswer.Says("hello from the model"));
        var id = await house.AskAsync("hi");
        var run = await house.EndOfAsync(id);
        Assert.Equal((id, "completed", "hello from the model", "http"), (run["id"]!.GetValue<string>(), run["status"]!.GetValue<string>(), run["output"]!.GetValue<string>(), run["source"]!.GetValue<string>()));
        Assert.True(File.Exists(Path.Combine(house.Root, run["artifact_path"]!.GetValue<string>(), "meta.json")));
        var (status, list) = await house.GetAsync("/v1/runs?limit=1");
        Assert.Equal((200, 1, 1), (status, list!["total"]!.GetValue<int>(), list["runs"]!.AsArray().Count));
    }

    [Fact]
    public async Task The_newest_run_comes_first_and_filters_hold()
    {
        await using var house = await GatewayHouse.OpenAsync();
        var ids = new List<string>();
        foreach (var path in new[] { "a", "b", "c" })
        {
            ids.Add(await house.AskAsync($$"""/tool fs.read {"path":"{{path}}"}"""));
            await house.EndOfAsync(ids[^1]);
        }
        ids.Add(await house.AskAsync("/tool time.now {}"));
        await house.EndOfAsync(ids[^1]);
        Assert.Equal(Enumerable.Reverse(ids), Ids((await house.GetAsync("/v1/runs")).Body!));
        Assert.Equal([ids[1]], Ids((await house.GetAsync("/v1/runs?status=FAILED&limit=1&offset=1")).Body!));
        Assert.Empty(Ids((await house.GetAsync("/v1/runs?agent_id=nobody")).Body!));
        Assert.Equal(4, Ids((await house.GetAsync("/v1/runs?source=http")).Body!).Count());
    }

    [Theory]
    [InlineData("/v1/runs?limit=0", "limit must be between 1 and 500")]
    [InlineData("/v1/runs?limit=501", "limit must be between 1 and 500")]
    [InlineData("/v1/runs?limit=1&limit=2", "more than once")]
    [InlineData("/v1/runs?offset=-1", "offset must be >= 0")]
    [InlineData("/v1/runs?statsu=failed", "takes no \"statsu\"")]
    [InlineData("/v1/runs/chat_1", "run id")]
    public async Task Wrong_input_is_refused_with_a_code_and_what_is_right(string path, string says)
    {
        await using var house = await GatewayHouse.OpenAsync();
        var (status, body) = await house.GetAsync(path);
        Assert.Equal((400, "request.invalid_input"), (status, Code(body)));
        Assert.Contains(says, body!["error"]!["message"]!.GetValue<string>(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"agent_id":"default"}""", 400, "request.invalid_json")]
    [InlineData("""{"agent_id":"default","message":" "}""", 400, "request.invalid_input")]
    [InlineData("""{"agent_id":"../../x","message":"hi"}""", 400, "request.invalid_input")]
    [InlineData("""{"agent_id":"nobody","message":"hi"}""", 404, "agent.not_found")]
    [InlineData("""{"agent_id":"default","message":"hi","thinking_mode":"sometimes"}""", 400, "request.invalid_thinking_mode")]
    [InlineData("""{"agent_id":"default","message":"hi","message":"ho"}""", 400, "request.invalid_json")]
    [InlineData("""{"agent_id":"default","message":"hi","is_owner":true}""", 400, "request.invalid_json")]
    [InlineData("""{"agent_id":"default","message":"hi"} {}""", 400, "request.invalid_json")]
    [InlineData("""{"agent_id":"default","message":"hi","session_id":"chat_1"}""", 404, "session.not_found")]
    [InlineData("""nonsense""", 400, "request.invalid_json")]
    [InlineData("""null""", 400, "request.invalid_json")]
    public async Task Orders_are_read_strictly_and_nothing_runs(string order, int status, string code)
    {
        await using var house = await GatewayHouse.OpenAsync();
        var answer = await house.PostAsync("/v1/runs", order);
        Assert.Equal((status, code), (answer.Status, Code(answer.Body)));
        Assert.Equal(0, (await house.GetAsync("/v1/runs")).Body!["total"]!.GetValue<int>());
    }

    [Fact]
    public async Task A_repeated_key_gives_the_same_run_also_after_a_restart_and_never_another_request()
    {
        await using var house = await GatewayHouse.OpenAsync();
        const string order = """{"agent_id":"default","message":"/tool time.now {}"}""";
        var first = await house.PostAsync("/v1/runs", order, ("Idempotency-Key", "k1"));
        var again = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => house.PostAsync("/v1/runs", order, ("Idempotency-Key", "k1"))));
        Assert.All(again, one => Assert.Equal(first.Body!["id"]!.GetValue<string>(), one.Body!["id"]!.GetValue<string>()));
        await house.EndOfAsync(first.Body!["id"]!.GetValue<string>());
        await house.RestartAsync();
        Assert.Equal(first.Body["id"]!.GetValue<string>(), (await house.PostAsync("/v1/runs", order, ("Idempotency-Key", "k1"))).Body!["id"]!.GetValue<string>());
        var other = await house.PostAsync("/v1/runs", """{"agent_id":"default","message":"/tool fs.list {}"}""", ("Idempotency-Key", "k1"));
        Assert.Equal((422, "request.key_reused"), (other.Status, Code(other.Body)));
        Assert.Equal(1, (await house.GetAsync("/v1/runs")).Body!["total"]!.GetValue<int>());
    }

    [Fact]
    public async Task A_full_queue_is_429_on_every_route_and_says_when_to_try_again()
    {
        await using var house = await GatewayHouse.OpenAsync(""" "engine": {"max_concurrent_runs": 1, "max_queued_runs": 1}, "chat": {"allow_users": ["me"]} """);
        var hold = new TaskCompletionSource();
        house.Model.Answers(FakeAnswer.Says("one").After(hold.Task));
        house.Model.Answers(FakeAnswer.Says("two"));
        var (first, second) = (await house.AskAsync("1"), await house.AskAsync("2"));
        foreach (var (path, body) in new[] { ("/v1/runs", """{"agent_id":"default","message":"3"}"""), ("/v1/chat/messages", """{"user_id":"me","message":"3"}""") })
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = new StringContent(body, null, "application/json") };
            using var answer = await house.Client.SendAsync(request);
            Assert.Equal(429, (int)answer.StatusCode);
            Assert.Equal(TimeSpan.FromSeconds(1), answer.Headers.RetryAfter!.Delta);
            Assert.Equal("queue.full", Code(JsonNode.Parse(await answer.Content.ReadAsStringAsync())));
        }
        Assert.Equal("queued", (await house.GetAsync($"/v1/runs/{second}")).Body!["status"]!.GetValue<string>());
        hold.SetResult();
        Assert.Equal("one", (await house.EndOfAsync(first))["output"]!.GetValue<string>());
        Assert.Equal("two", (await house.EndOfAsync(second))["output"]!.GetValue<string>());
        Assert.Equal(2, (await house.GetAsync("/v1/runs")).Body!["total"]!.GetValue<int>());
    }

    [Fact]
    public async Task Runs_of_one_conversation_go_one_after_the_other_in_order_and_others_pass_them()
    {
        await using var house = await GatewayHouse.OpenAsync(""" "chat": {"allow_users": ["me"]} """);
        var session = (await house.PostAsync("/v1/chat/messages", """{"user_id":"me","message":"/new"}""")).Body!["session_id"]!.GetValue<string>();
        var hold = new TaskCompletionSource();
        house.Model.Responds(request => LastUserText(request) switch
        {
            "first" => FakeAnswer.Says("1").After(hold.Task),
            var text => FakeAnswer.Says(text),
        });
        var first = await house.AskAsync("first", session: session);
        var others = new List<string>();
        for (var i = 0; i < 5; i++) others.Add(await house.AskAsync($"next {i}", session: session));
        Assert.Equal("alone", (await house.EndOfAsync(await house.AskAsync("alone")))["output"]!.GetValue<string>());
        foreach (var waiting in others) Assert.Equal("queued", (await house.GetAsync($"/v1/runs/{waiting}")).Body!["status"]!.GetValue<string>());
        hold.SetResult();
        await house.EndOfAsync(first);
        foreach (var waiting in others) await house.EndOfAsync(waiting);
        var said = (await house.GetAsync($"/api/admin/chat/sessions/{session}/messages")).Body!["messages"]!.AsArray().Select(message => message!["content"]!.GetValue<string>());
        Assert.Equal(["first", "1", .. Enumerable.Range(0, 5).SelectMany(i => new[] { $"next {i}", $"next {i}" })], said);
    }

    [Fact]
    public async Task Cancelling_ends_a_run_that_goes_on_and_one_that_waits()
    {
        await using var house = await GatewayHouse.OpenAsync(""" "engine": {"max_concurrent_runs": 1} """);
        house.Model.Answers(FakeAnswer.Says("never").After(new TaskCompletionSource().Task));
        var (running, waiting) = (await house.AskAsync("1"), await house.AskAsync("2"));
        Assert.True((await house.PostAsync($"/v1/runs/{waiting}/cancel", "")).Body!["cancelled"]!.GetValue<bool>());
        Assert.Equal("cancelled", (await house.EndOfAsync(waiting))["status"]!.GetValue<string>());
        Assert.True((await house.PostAsync($"/v1/runs/{running}/cancel", "")).Body!["cancelled"]!.GetValue<bool>());
        Assert.Equal("cancelled", (await house.EndOfAsync(running))["status"]!.GetValue<string>());
        var again = (await house.PostAsync($"/v1/runs/{running}/cancel", "")).Body!;
        Assert.Equal((false, "cancelled"), (again["cancelled"]!.GetValue<bool>(), again["status"]!.GetValue<string>()));
        Assert.Equal(404, (await house.PostAsync("/v1/runs/run_1/cancel", "")).Status);
    }

    static string LastUserText(FakeRequest request) =>
        JsonNode.Parse(request.Text)!["messages"]!.AsArray().Last(message => message!["role"]!.GetValue<string>() == "user")!["content"]!.GetValue<string>();

    static IEnumerable<string> Ids(JsonNode list) => list["runs"]!.AsArray().Select(run => run!["id"]!.GetValue<string>());

    static string? Code(JsonNode? body) => body?["error"]?["code"]?.GetValue<string>();
}
