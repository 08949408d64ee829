using Microsoft.AspNetCore.Http;
using Openclawssy.Gateway.Wire;
using Openclawssy.Runtime.Channels;
using Openclawssy.Runtime.Sessions;
using Openclawssy.Runtime.Text;
using Openclawssy.Runtime.Toolkit;

namespace Openclawssy.Gateway.Routes;

/// <summary><c>POST /v1/chat/messages</c>: what a person writes, from the dashboard or any other client.</summary>
sealed class ChatRoutes(GatewayRooms rooms)
{
    const int MaxMessage = 256 * 1024;

    public IEnumerable<Route> All =>
    [
        new("POST", "/v1/chat/messages", "Takes a message: 202 with a run, or 200 with a command's answer.", SayAsync)
        {
            Takes = GatewayJson.Default.ChatMessage, Gives = GatewayJson.Default.ChatReply, Success = StatusCodes.Status202Accepted, Refusals = [404, 409, 413, 415, 503],
        },
    ];

    async Task SayAsync(GatewayCall call)
    {
        var message = await call.BodyAsync(GatewayJson.Default.ChatMessage, MaxMessage);
        if (message.UserId.Trim().Length == 0 || message.Message.Trim().Length == 0) throw RequestRefused.InvalidInput("user_id and message are required");
        var answer = await rooms.Chat.HandleAsync(
            new(ChannelNames.Dashboard, message.UserId, message.RoomId ?? "", message.Message, call.Holder.Credential, message.AgentId, RunRoutes.ThinkingOf(message.ThinkingMode), SessionOf(message.SessionId)), call.Gone);
        await (answer switch
        {
            ChatAnswer.Said said => call.AnswerAsync(StatusCodes.Status200OK, new(said.Text, SessionId: said.Session?.ToString()), GatewayJson.Default.ChatReply),
            ChatAnswer.Queued queued => call.AnswerAsync(
                new(queued.Text, queued.Run.ToString(), RunSummary.Queued, queued.Session.ToString(), queued.Agent.ToString()), GatewayJson.Default.ChatReply),
            ChatAnswer.Refused refused => throw Refusal(refused),
            _ => throw new NotSupportedException(answer.ToString()),
        });
    }

    static SessionId? SessionOf(string? text) =>
        text is null ? null : SessionId.TryParse(text, out var id) ? id : throw RequestRefused.InvalidInput("that is no session id");

    static RequestRefused Refusal(ChatAnswer.Refused refused) => new(refused.Code switch
    {
        ChatErrorCodes.Rejected or ChatErrorCodes.AgentInactive or ChatErrorCodes.SessionElsewhere => 403,
        ChatErrorCodes.Disabled or ChatErrorCodes.AgentNotFound or Runtime.Sessions.SessionErrorCodes.NotFound => 404,
        ChatErrorCodes.RateLimited or Runtime.Runs.QueueFullException.Code => 429,
        ChatErrorCodes.MessageEmpty or Runtime.Sessions.SessionErrorCodes.PlaceInvalid => 400,
        ChatErrorCodes.NotRecorded or Runtime.Runs.IntakeClosedException.Code => 503,
        _ => 409,
    }, refused.Code, refused.Message, refused.RetryAfter);
}
