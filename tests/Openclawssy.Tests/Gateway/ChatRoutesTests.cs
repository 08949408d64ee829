using System.Text.Json.Nodes;
using Openclawssy.TestKit;
using Xunit;

namespace Openclawssy.Tests.Gateway;

public sealed class ChatRoutesTests
{
    const string Admitted = """ "chat": {"allow_users": ["me", "you"]} """;

    [Fact]
    public async Task A_message_goes_into_the_conversation_it_names_and_the_chosen_one_stays_chosen()
    {
        await using var house = await GatewayHouse.OpenAsync(Admitted);
        house.Model.Responds(request => FakeAnswer.Says("heard"));
        var (first, second) = (await NewAsync(house), await NewAsync(house));
        var (status, reply) = await SayAsync(house, "for the first", session: first);
        Assert.Equal((202, first, "default"), (status, reply!["session_id"]!.GetValue<string>(), reply["agent_id"]!.GetValue<string>()));
        var run = await house.EndOfAsync(reply["id"]!.GetValue<string>());
        Assert.Equal(first, run["session_id"]!.GetValue<string>());
        Assert.Equal(second, (await SayAsync(house, "for the chosen one")).Body!["session_id"]!.GetValue<string>());
        var kept = (await house.GetAsync($"/api/admin/chat/sessions/{first}/messages")).Body!;
        Assert.Equal(("dashboard", "me", "attic"), (kept["channel"]!.GetValue<string>(), kept["user_id"]!.GetValue<string>(), kept["room_id"]!.GetValue<string>()));
        Assert.Equal(["for the first", "heard"], kept["messages"]!.AsArray().Select(message => message!["content"]!.GetValue<string>()));
    }

    [Fact]
    public async Task What_is_not_ones_own_open_conversation_is_refused_with_a_code_and_nothing_runs()
    {
        await using var house = await GatewayHouse.OpenAsync(Admitted);
        await house.PostAsync("/api/admin/agents/create", """{"agent_id":"alpha"}""");
        var (own, closed) = (await NewAsync(house), await NewAsync(house));
        Assert.Equal(200, (await house.PostAsync($"/api/admin/chat/sessions/{closed}/close", "")).Status);
        foreach (var (session, user, agent, status, code) in new (string, string, string?, int, string)[]
        {
            ("chat_1", "me", null, 404, "session.not_found"), ("../default", "me", null, 400, "request.invalid_input"), ("", "me", null, 400, "request.invalid_input"), (own, "you", null, 403, "session.elsewhere"),
            (own, "me", "alpha", 409, "session.other_agent"), (closed, "me", null, 409, "session.closed"), (own, "nobody", null, 403, "chat.rejected"),
        })
        {
            var answer = await SayAsync(house, "hello", user, agent, session);
            Assert.Equal((status, code), (answer.Status, answer.Body!["error"]!["code"]!.GetValue<string>()));
        }
        Assert.Equal(0, (await house.GetAsync("/v1/runs")).Body!["total"]!.GetValue<int>());
    }

    static Task<(int Status, JsonNode? Body)> SayAsync(GatewayHouse house, string text, string user = "me", string? agent = null, string? session = null)
    {
        var message = new JsonObject { ["user_id"] = user, ["room_id"] = "attic", ["message"] = text };
        if (agent is not null) message["agent_id"] = agent;
        if (session is not null) message["session_id"] = session;
        return house.PostAsync("/v1/chat/messages", message.ToJsonString());
    }

    static async Task<string> NewAsync(GatewayHouse house) => (await SayAsync(house, "/new")).Body!["session_id"]!.GetValue<string>();
}
