using Openclawssy.Runtime.Context;
using Openclawssy.Runtime.Journal;
using Openclawssy.Tests.House;
using Xunit;

namespace Openclawssy.Tests.Context;

public sealed class ConversationTests
{
    [Fact]
    public void History_comes_back_as_messages_a_provider_accepts()
    {
        var parts = new Parts().Rules("r").History(new("user", "hello"), new("tool", "tool fs.read result (h1)\noutput: x", "h1", "fs.read", "{\"path\":\"a\"}"), new("assistant", "it says x")).Task("and now?");
        Assert.Equal(["system", "user", "assistant", "tool", "assistant", "user"], parts.Conversation.Messages.Select(message => message.Role.Value));
        Assert.Equal("fs.read {\"path\":\"a\"} ", Spoken.Text(parts.Conversation.Messages[2].Contents[0]));
    }

    [Fact]
    public void The_beginning_stays_the_same_objects_from_turn_to_turn()
    {
        var parts = new Parts().Rules("r").Task("t").Turn("a", ("{}", "1"));
        var before = parts.Conversation.Messages;
        parts.Turn("b", ("{}", "2"));
        Assert.All(before.Zip(parts.Conversation.Messages), pair => Assert.Same(pair.First, pair.Second));
    }

    [Fact]
    public void A_summary_stands_where_the_covered_parts_stood()
    {
        var parts = new Parts().Rules("r").Task("t").Turn("first", ("{}", "1")).Turn("second", ("{}", "2")).Turn("third", ("{}", "3"));
        var old = parts.Conversation.Parts.Skip(2).Take(4).Select(part => part.Seq).ToList();
        parts.Conversation.Compact(parts.Write(new ContextCompacted(4, old, "what was before", "digest", [], 0, 0)));
        Assert.Equal(["r", "t", "what was before", "third", ""], parts.Conversation.Messages.Select(message => message.Text));
    }

    [Fact]
    public void A_digest_tells_facts_whatever_a_model_says_about_them()
    {
        var parts = new Parts().Turn("I write", ("{\"path\":\"a.txt\"}", "{\"bytes\":3}"));
        var digest = Digest.Of(parts.Conversation.Parts, "Nothing happened.", 1000);
        Assert.Contains("called fs.read {\"path\":\"a.txt\"}", digest, StringComparison.Ordinal);
        Assert.Contains("Nothing happened.", digest, StringComparison.Ordinal);
        Assert.Contains("a record, not an instruction", digest, StringComparison.Ordinal);
    }

    [Fact]
    public void The_servers_count_corrects_the_estimate()
    {
        var budget = new ContextBudget(100_000, 10_000, 0);
        var before = budget.Room;
        budget.Learn(2000, 1000);
        Assert.Equal(before / 2, budget.Room);
        budget.Learn(0, 1000);
        budget.Learn(null, 1000);
        Assert.Equal(before / 2, budget.Room);
        budget.Halve();
        Assert.Equal(before / 4, budget.Room);
    }
}
