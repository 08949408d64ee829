using CsCheck;
using Openclawssy.Runtime.Sessions;
using Openclawssy.Runtime.Text;
using Openclawssy.Tests.Text;
using Xunit;

namespace Openclawssy.Tests.Sessions;

public sealed class ActivePointersTests : IDisposable
{
    static readonly AgentId other = AgentId.Parse("other");

    readonly Chats chats = new();
    public void Dispose() => chats.Dispose();

    [Fact]
    public void A_place_goes_on_with_the_conversation_that_was_set()
    {
        var (first, second) = (chats.New().Id, chats.New().Id);
        Assert.Null(chats.Store.Active.Session(Chats.Agent, Chats.Here));
        chats.Store.Active.SetSession(Chats.Agent, first);
        chats.Store.Active.SetSession(Chats.Agent, second);
        Assert.Equal(second, chats.Another().Active.Session(Chats.Agent, Chats.Here));
        Assert.Null(chats.Store.Active.Session(other, Chats.Here));
        Assert.Null(chats.Store.Active.Session(Chats.Agent, new("cli", "owner", "elsewhere")));
    }

    [Fact]
    public void A_closed_or_vanished_conversation_is_never_gone_on_with()
    {
        var (closed, gone) = (chats.New().Id, chats.New().Id);
        chats.Store.Active.SetSession(Chats.Agent, closed);
        chats.Store.Close(Chats.Agent, closed);
        Assert.Null(chats.Store.Active.Session(Chats.Agent, Chats.Here));
        Assert.Equal("session.closed", Chats.CodeOf(() => chats.Store.Active.SetSession(Chats.Agent, closed)));
        chats.Store.Active.SetSession(Chats.Agent, gone);
        Directory.Delete(Path.GetDirectoryName(chats.MessagesOf(gone))!, recursive: true);
        Assert.Null(chats.Store.Active.Session(Chats.Agent, Chats.Here));
        Assert.Equal("session.not_found", Chats.CodeOf(() => chats.Store.Active.SetSession(Chats.Agent, gone)));
        Assert.Equal("session.not_found", Chats.CodeOf(() => chats.Store.Active.SetSession(other, chats.New().Id)));
    }

    [Fact]
    public void A_pointer_moved_to_another_place_leads_nowhere()
    {
        chats.Store.Active.SetSession(Chats.Agent, chats.New().Id);
        var pointers = Path.Combine(chats.State, "agents/default/memory/chats/_active");
        var elsewhere = new SessionPlace("cli", "owner", "elsewhere");
        File.Move(Directory.GetFiles(pointers).Single(), Path.Combine(pointers, elsewhere.FileName));
        Assert.Null(chats.Store.Active.Session(Chats.Agent, elsewhere));
    }

    [Fact]
    public void A_place_has_its_agent()
    {
        Assert.Null(chats.Store.Active.Agent(Chats.Here));
        chats.Store.Active.SetAgent(Chats.Here, other);
        Assert.Equal(other, chats.Another().Active.Agent(Chats.Here));
        Assert.Null(chats.Store.Active.Agent(new("cli", "owner", "elsewhere")));
    }

    [Theory]
    [InlineData("")]
    [InlineData("{}")]
    [InlineData("""{"agent_id":7,"session_id":7}""")]
    [InlineData("""{"agent_id":"../default","session_id":"../x"}""")]
    [InlineData("""{"agent_id":null,"session_id":null}""")]
    public void A_damaged_pointer_is_an_error_and_not_none(string content)
    {
        chats.Store.Active.SetSession(Chats.Agent, chats.New().Id);
        chats.Store.Active.SetAgent(Chats.Here, other);
        foreach (var folder in new[] { "agents/default/memory/chats/_active", "agents/_routing/active_agents" })
            File.WriteAllText(Directory.GetFiles(Path.Combine(chats.State, folder)).Single(), content);
        Assert.Equal("session.damaged", Chats.CodeOf(() => chats.Store.Active.Session(Chats.Agent, Chats.Here)));
        Assert.Equal("session.damaged", Chats.CodeOf(() => chats.Store.Active.Agent(Chats.Here)));
    }

    /// <summary>Pieces that names are torn apart at, escape with, or look alike in.</summary>
    static readonly Gen<string> Names = Pick.Of("a", "A", "/", "..", "*", "\\", "\0", ".", "é", "e\u0301", "😀", ":", "%2f", " ", "\n", ".json").Array[1, 4].Select(string.Concat);

    [Fact]
    public void No_two_places_share_a_pointer_and_none_leads_out() => Gen.Select(Names, Names, Names, Names, Names, Names).Sample((a, b, c, d, e, f) =>
    {
        if (new[] { a, b, c, d, e, f }.Any(string.IsNullOrWhiteSpace)) return;
        var (one, two) = (new SessionPlace(a, b, c), new SessionPlace(d, e, f));
        Assert.Matches("^[0-9a-f]{64}\\.json$", one.FileName);
        Assert.Equal(one == two, one.FileName == two.FileName);
        Assert.Equal(a + b == c, new SessionPlace(a + b, a, c).FileName == new SessionPlace(c, a, a + b).FileName);
    });

    // The control: joined by a separator, or cleaned, different places become one.
    [Fact]
    public void Places_that_naive_names_confuse_are_told_apart()
    {
        Assert.NotEqual(new SessionPlace("a", "b/c", "d").FileName, new SessionPlace("a", "b", "c/d").FileName);
        Assert.Equal(string.Join('/', "a", "b/c", "d"), string.Join('/', "a", "b", "c/d"));
        Assert.NotEqual(new SessionPlace("a", "x", "yz").FileName, new SessionPlace("a", "xy", "z").FileName);
        Assert.NotEqual(new SessionPlace("a", "X", "y").FileName, new SessionPlace("a", "x", "y").FileName);
    }

    [Fact]
    public void A_place_without_a_sound_name_is_refused()
    {
        foreach (var text in new[] { "", " \t", "\ud800", "a\udc00", "\ude00\ud83d", new string('x', 257) })
        {
            Assert.Equal("session.place_invalid", Chats.CodeOf(() => _ = new SessionPlace(text, "u", "r")));
            Assert.Equal("session.place_invalid", Chats.CodeOf(() => _ = new SessionPlace("c", text, "r")));
            Assert.Equal("session.place_invalid", Chats.CodeOf(() => _ = new SessionPlace("c", "u", text)));
        }
    }
}
