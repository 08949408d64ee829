using Openclawssy.Runtime.Context;
using Openclawssy.Runtime.Journal;
using Openclawssy.Runtime.Models;

namespace Openclawssy.Tests.Context;

/// <summary>Conversations made of whole cloth, with real events behind them.</summary>
sealed class Parts
{
    static readonly Provenance Who = new("tool", "t");
    long seq;
    int calls;

    public Parts()
    {
        Conversation = new(Story);
    }

    public Story Story { get; } = new();
    public Conversation Conversation { get; }

    public Parts Rules(string text) => Add(new PromptAssembled(text));

    public Parts Task(string text) => Add(new RunCreated("run_1", "default", ["agent:default"], "cli.ask", new("operator"), text, null, null, "p", null, "full", "t"));

    public Parts History(params HistoryMessage[] messages) => Add(new HistoryReplayed("chat_1", messages));

    /// <summary>An answer with calls, and a result for each.</summary>
    public Parts Turn(string text, params (string Arguments, string Result)[] made)
    {
        long[] from = [];
        if (text.Length > 0)
        {
            Write(new ModelText(1, text));
            from = [seq];
        }
        var asked = made.Select(call => new ModelCall($"c{++calls}", "fs.read", call.Arguments)).ToList();
        Add(new ModelAnswered(1, from, null, asked, "stop", null, null, null, 1, Who));
        for (var i = 0; i < made.Length; i++)
            Add(new ToolAnswered(asked[i].Id, "fs.read", made[i].Result, "read", null, "pure_read", default, default, 1, Who));
        return this;
    }

    public long Write(RunEvent happened)
    {
        Story.Add(new(++seq, default, happened, ""));
        return seq;
    }

    Parts Add(RunEvent happened)
    {
        Conversation.Add(Write(happened));
        return this;
    }
}
