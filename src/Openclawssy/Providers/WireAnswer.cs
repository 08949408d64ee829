using System.Net.ServerSentEvents;
using Microsoft.Extensions.AI;
using Openclawssy.Egress;
using Openclawssy.Runtime.Models;

namespace Openclawssy.Providers;

/// <summary>One request and its answer as it arrives. Whatever goes wrong in between leaves as a <see cref="ModelException"/>.</summary>
sealed class WireAnswer : IAsyncDisposable
{
    readonly HttpRequestMessage request;
    readonly ModelDoor egress;
    readonly ApiKey key;
    readonly WireFaults faults;
    readonly WireLimits limits;
    readonly AnswerReader reader;
    readonly Silence idle;
    readonly bool offersTools;
    readonly CancellationToken caller;
    HttpResponseMessage? response;
    WireStream? bytes;
    IAsyncEnumerator<SseItem<byte[]>>? events;
    bool ended;

    public WireAnswer(
        HttpRequestMessage request, ModelDoor egress, ApiKey key, WireFaults faults, WireLimits limits, IList<AITool>? offered, bool tellsCost, TimeProvider clock, CancellationToken caller)
    {
        (this.request, this.egress, this.key, this.faults, this.limits, this.caller) = (request, egress, key, faults, limits, caller);
        offersTools = offered is { Count: > 0 };
        reader = new(faults, limits, offered, tellsCost);
        idle = new(limits.Idle, clock, caller);
    }

    /// <summary>The next piece, or null when the answer is complete.</summary>
    public async ValueTask<ChatResponseUpdate?> NextAsync()
    {
        try { return await TakeAsync(); }
        catch (ModelException failure) { throw reader.Counted(failure); }
    }

    async ValueTask<ChatResponseUpdate?> TakeAsync()
    {
        try
        {
            while (true)
            {
                if (reader.TryTake(out var update)) return update;
                if (ended) return null;
                if (response is null) await OpenAsync();
                else await ReadEventAsync();
            }
        }
        catch (OperationCanceledException) when (caller.IsCancellationRequested)
        {
            throw new OperationCanceledException(caller);
        }
        catch (OperationCanceledException)
        {
            throw idle.HasFired ? faults.Idle(limits.Idle, response is not null, reader.NothingYet) : faults.ConnectTimedOut();
        }
        catch (HttpRequestException error) when (response is null)
        {
            throw faults.Unreachable(error);
        }
        catch (Exception error) when (error is IOException or HttpRequestException)
        {
            throw faults.Cut(reader.NothingYet);
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (events is not null) await events.DisposeAsync();
        response?.Dispose();
        request.Dispose();
        idle.Dispose();
    }

    async Task OpenAsync()
    {
        idle.Start();
        response = await egress.SendAsync(request, key, idle.Token);
        idle.Stop();
        var content = response.Content;
        bytes = new(await content.ReadAsStreamAsync(idle.Token), limits, faults, idle);
        var status = (int)response.StatusCode;
        if (status is < 200 or > 299)
            throw faults.Status(status, await ErrorBodyAsync(), response.Headers.RetryAfter, response.Headers.Location, offersTools);
        if (content.Headers.ContentEncoding.Any(encoding => !string.Equals(encoding, "identity", StringComparison.OrdinalIgnoreCase)))
            throw faults.Malformed("a compressed answer although none was asked for", nothingYet: false);

        // Content types are often wrong; the first byte is not.
        var type = content.Headers.ContentType?.MediaType;
        switch (await bytes.PeekAsync(idle.Token))
        {
            case '{':
                var whole = await bytes.ReadAllAsync(long.MaxValue, idle.Token);
                reader.Read(whole);
                if (!reader.SawChoice) throw faults.NoAnswer(whole, type);
                reader.End();
                ended = true;
                break;
            case 'd' or ':' or 'e' or 'i' or 'r' when type is "text/event-stream" or "text/plain" or "application/octet-stream" or null:
                events = SseParser.Create(bytes, static (_, data) => data.ToArray()).EnumerateAsync(idle.Token).GetAsyncEnumerator(CancellationToken.None);
                break;
            case -1 when type is "text/event-stream": throw faults.Unfinished(nothingYet: true);
            default: throw faults.NoAnswer(await bytes.ReadAllAsync(limits.ErrorBytes, idle.Token), type);
        }
    }

    async Task ReadEventAsync()
    {
        if (!await events!.MoveNextAsync())
        {
            ended = true;
            reader.End();
            return;
        }
        var item = events.Current;
        ReadOnlyMemory<byte> data = item.Data;
        if (data.Span.Trim((byte)' ').SequenceEqual("[DONE]"u8))
        {
            ended = true;
            reader.End();
        }
        else if (data.Span.ContainsAnyExcept((byte)' ', (byte)'\n'))
        {
            try { reader.Read(data, item.EventType == "error"); }
            // Half a chunk at the very end is a cut, not a server that writes bad JSON.
            catch (ModelException fault) when (fault.Code == ModelErrorCodes.BadResponse && bytes!.EndedInsideEvent && !IsJson(data)) { throw faults.Cut(reader.NothingYet); }
        }
    }

    // What the server says about an error is worth having, but not worth a second error.
    async Task<ReadOnlyMemory<byte>> ErrorBodyAsync()
    {
        try { return await bytes!.ReadAllAsync(limits.ErrorBytes, idle.Token); }
        catch (Exception error) when (error is IOException or HttpRequestException or ModelException || (error is OperationCanceledException && !caller.IsCancellationRequested))
        {
            return default;
        }
    }

    static bool IsJson(ReadOnlyMemory<byte> data)
    {
        try
        {
            using var document = System.Text.Json.JsonDocument.Parse(data);
            return true;
        }
        catch (System.Text.Json.JsonException)
        {
            return false;
        }
    }
}
