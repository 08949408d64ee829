using Microsoft.AspNetCore.Http;
using Openclawssy.Gateway.Wire;
using Openclawssy.Runtime.Journal;
using Openclawssy.Runtime.Policy;
using Openclawssy.Runtime.Runs;
using Openclawssy.Runtime.Sessions;
using Openclawssy.Runtime.Storage;
using Openclawssy.Runtime.Toolkit;

namespace Openclawssy.Gateway.Doors;

/// <summary>What becomes of an exception: a status, a code and a sentence. What nobody expected is told to the operator and not to the client.</summary>
static class Faults
{
    public static RequestRefused Of(Exception failure, HttpContext context, Action<string, Exception> report)
    {
        switch (failure)
        {
            case RequestRefused refused: return refused;
            case QueueFullException full: return new(429, QueueFullException.Code, full.Message, full.RetryAfter);
            case IntakeClosedException closed: return new(503, IntakeClosedException.Code, closed.Message, TimeSpan.FromSeconds(5));
            case SessionException session: return new(session.Code == SessionErrorCodes.NotFound ? 404 : 409, session.Code, session.Message);
            case ToolException refused: return new(StatusOf(refused.Code), refused.Code, Redactor.Redact(refused.Message).Text);
            case BadHttpRequestException bad: return new(bad.StatusCode, bad.StatusCode == 413 ? "request.too_large" : bad.StatusCode == 408 ? "request.timeout" : "request.malformed", bad.Message);
            case OperationCanceledException when context.RequestAborted.IsCancellationRequested: return new(499, "request.gone", "the client left");
            case AuditLostException or DiskException or DurabilityLostException:
                report($"{context.Request.Method} {context.Request.Path}", failure);
                return new(503, "audit.lost", "nothing was done: its record could not be written; the operator's log has the detail");
            default:
                report($"{context.Request.Method} {context.Request.Path}", failure);
                return new(500, "internal.error", "something failed inside; the operator's log has the detail");
        }
    }

    static int StatusOf(string code) => code switch
    {
        ToolErrorCodes.InputInvalid => 400,
        ToolErrorCodes.PolicyDenied => 403,
        ToolErrorCodes.NotFound => 404,
        _ => 500,
    };
}
