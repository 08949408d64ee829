using Openclawssy.Cli;
using Openclawssy.Runtime.Journal;
using Xunit;

namespace Openclawssy.Tests.Cli;

/// <summary>What a person sees of a run while it happens.</summary>
public sealed class TerminalViewTests
{
    static readonly RunCreated Run = new("run_1", "default", ["operator"], "cli.ask", new("operator"), "hello", null, null, "p", null, "full", "0.1");
    static readonly ModelRequested Asked = new(1, 1, [], new("p", "m", 1, null, true), null, null, null);

    [Fact]
    public void A_wait_and_a_change_of_model_are_said()
    {
        var (house, _) = Show(Asked, new ModelFailed(1, 1, "model.unavailable", "busy", true, 5, "retry", 1400), Asked, new ModelFailed(1, 2, "model.unavailable", "still busy", true, 5, "fallback openai/small", 0));
        Assert.Equal("  model: busy; trying again in 1.4 s\n  model: still busy; asking openai/small instead\n", Plain(house.Error));
    }

    [Fact]
    public void Text_of_an_attempt_that_broke_off_is_not_passed_off_as_the_answer()
    {
        var (house, view) = Show(Asked, new ModelText(1, "half an"), new ModelFailed(1, 1, "model.cut_stream", "cut", false, 5));
        Assert.Equal("half an\n", house.Out);
        Assert.Equal("  model: cut; the text above is not the whole answer\n", Plain(house.Error));
        Assert.False(view.HasShownAnswer);
    }

    static (CliHouse House, TerminalView View) Show(params RunEvent[] events)
    {
        var house = new CliHouse { AtTerminal = true };
        var view = new TerminalView(CliHouse.ContextOf(house, "ask", "hello"));
        for (var i = 0; i < events.Length; i++) view.Hear(Run, new(i + 1, default, events[i], ""));
        return (house, view);
    }

    static string Plain(string text) => text.Replace("\e[2m", "", StringComparison.Ordinal).Replace("\e[0m", "", StringComparison.Ordinal);
}
