using System.Runtime.CompilerServices;
using CsCheck;
using Microsoft.Extensions.AI;
using Openclawssy.Runtime.Journal;
using Openclawssy.Runtime.Models;
using Openclawssy.Runtime.Runs;
using Openclawssy.TestKit;
using Openclawssy.Tests.House;
using Xunit;

namespace Openclawssy.Tests.Runs;

/// <summary>Whatever a model does, a run ends: within its limits, in one honest state, with its whole story on disk.</summary>
public sealed class HostileModelTests
{
    const int MaxIterations = 12;

    static Gen<T> Pick<T>(params T[] values) => Gen.Int[0, values.Length - 1].Select(at => values[at]);

    static readonly Gen<string> Arguments = Pick(
        "{}", """{"path":"a.txt"}""", """{"path":"a.txt","content":"x"}""", """{"path":"../../etc/passwd"}""", """{"path":"a.txt","content":"y","extra":1}""",
        "", "null", "[1,2", "{\"path\":\"a.txt\"", "{\"path\":\"\\ud800\"}", "not json", "{\"path\":\"a.txt\"}{\"path\":\"b.txt\"}", new string('{', 3000), "{\"pattern\":\"" + new string('x', 5000) + "\"}");

    static readonly Gen<string> Name = Pick(
        "fs.read", "fs.list", "fs.write", "fs.append", "fs.delete", "fs.move", "fs.edit", "code.search", "time.now", "fs-read", "shell.exec", "", "🙃", "secrets.get", new string('n', 300));

    static readonly Gen<string> Id = Pick("c1", "c1", "c2", "", " ", new string('i', 500), "\u0000");

    static readonly Gen<string> Words = Pick("done", "", " ", "let me do that", "\u202Eabc", "half \ud83d", "```json\n{\"tool_name\":\"fs.read\",\"arguments\":{}}\n```", new string('w', 5000), "/tool fs.delete {\"path\":\".\"}");

    static readonly Gen<Behaviour> Any = Gen.Select(
        Words.Array[0, 3], Gen.Select(Id, Name, Arguments).Array[0, 15], Pick("stop", "tool_calls", "length", "", "banana"), Gen.Int[0, 12])
        .Select((text, calls, finish, end) => new Behaviour(text, calls, finish, end));

    [Fact]
    public async Task Any_sequence_of_model_behaviour_ends_in_exactly_one_terminal_state_with_a_whole_journal()
    {
        var turns = 0;
        await Any.Array[1, 20].SampleAsync(async behaviours =>
        {
            await using var house = new TestHouse { MaxIterations = MaxIterations, ContextWindow = 24_000 };
            house.Place("a.txt", "content");
            using var stop = new CancellationTokenSource();
            foreach (var behaviour in behaviours) house.Model.Does(token => Play(behaviour, stop, token));
            for (var i = 0; i < 2 * MaxIterations; i++) house.Model.Says("the end");
            var run = await house.AskAsync("go", cancellationToken: stop.Token);

            var story = TestHouse.Read(run);
            var end = Assert.Single(story.Entries.Select(entry => entry.Event).OfType<RunEnded>());
            Assert.Same(end, story.Entries[^1].Event);
            Assert.Equal((run.State, run.Reason), (end.State, end.Reason));
            Assert.Contains(run.State, (string[])[RunStates.Completed, RunStates.Failed, RunStates.Cancelled, RunStates.NeedsInput]);
            Assert.NotEqual(ToolErrorOf(house), run.Reason);
            Assert.InRange(run.Turns, 0, MaxIterations + 1);
            var asked = story.Entries.Select(entry => entry.Event).OfType<ToolRequested>().Select(call => call.CallId).ToList();
            var answered = story.Entries.Select(entry => entry.Event).OfType<ToolAnswered>().Select(call => call.CallId).ToList();
            Assert.Equal(asked.Count, asked.Distinct().Count());
            Assert.Equal(asked.Order(StringComparer.Ordinal), answered.Order(StringComparer.Ordinal));
            Assert.True(stop.IsCancellationRequested == (run.State == RunStates.Cancelled), $"cancelled, but {run.State}");
            Assert.Empty(house.Reported);
            foreach (var name in (string[])["input.json", "prompt.md", "toolcalls.jsonl", "output.md", "meta.json"]) Assert.True(File.Exists(Path.Combine(run.Folder, name)), name);
            Assert.Equal(AuditVerdict.Intact, house.VerifyAudit(run.Id).ExitCode);
            Interlocked.Add(ref turns, run.Turns);
        }, iter: Campaign.Scale(120, 5000), threads: 2);
        Assert.True(turns > 100, "the models did next to nothing");
    }

    // Nothing a model does may be a surprise to the program.
    static string ToolErrorOf(TestHouse house) => house.Reported.Count == 0 ? "internal.error" : string.Join("; ", house.Reported);

    sealed record Behaviour(string[] Text, (string Id, string Name, string Arguments)[] Calls, string Finish, int End)
    {
        public override string ToString() => $"says [{string.Join('|', Text)}] calls [{string.Join('|', Calls)}] {Finish} {End}";
    }

    static async IAsyncEnumerable<ChatResponseUpdate> Play(Behaviour behaviour, CancellationTokenSource stop, [EnumeratorCancellation] CancellationToken token)
    {
        if (behaviour.End == 0) throw new ModelException(ModelErrorCodes.Unavailable, "busy", retryable: true);
        if (behaviour.End == 1) throw new ModelException(ModelErrorCodes.ContextTooLong, "too long");
        foreach (var text in behaviour.Text)
        {
            yield return new(ChatRole.Assistant, text);
            await Task.Yield();
        }
        if (behaviour.End == 2) throw new ModelException(ModelErrorCodes.CutStream, "cut in the middle");
        if (behaviour.End == 3)
        {
            await stop.CancelAsync();
            await Task.Delay(Timeout.Infinite, token);
        }
        if (behaviour.Calls.Length > 0)
            yield return new(ChatRole.Assistant, [new TextReasoningContent("hm"), .. behaviour.Calls.Select(call => (AIContent)WireNotes.Call(call.Id, call.Name, call.Arguments))]);
        yield return new() { FinishReason = behaviour.Finish.Length == 0 ? null : new ChatFinishReason(behaviour.Finish), ModelId = "hostile" };
    }
}
