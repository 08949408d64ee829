using System.Text;
using CsCheck;
using Openclawssy.Runtime.Agents;
using Openclawssy.Runtime.Text;
using Openclawssy.TestKit;
using Xunit;

namespace Openclawssy.Tests.Agents;

public sealed class AgentDocumentsTests : IDisposable
{
    readonly TempFolder temp = new();
    readonly AgentFolder agent;

    public AgentDocumentsTests() => agent = new(temp.Path, AgentId.Parse("default"));

    public void Dispose() => temp.Dispose();

    [Fact]
    public void A_new_agent_gets_six_documents_that_say_what_they_are_for()
    {
        Assert.Equal(AgentDocuments.Names, AgentDocuments.Create(agent, ["fs.read", "fs.list"], force: false));

        var texts = AgentDocuments.Read(agent).ToDictionary(document => document.Name, document => document.Content);
        Assert.Equal(AgentDocuments.Names, texts.Keys);
        Assert.Contains("Openclawssy", texts["SOUL.md"], StringComparison.Ordinal);
        Assert.Contains("tradeoff", texts["SOUL.md"], StringComparison.Ordinal);
        Assert.Contains("verify", texts["RULES.md"], StringComparison.Ordinal);
        Assert.Contains("one precise question", texts["RULES.md"], StringComparison.Ordinal);
        Assert.Contains("Enabled core tools: fs.list, fs.read\n", texts["TOOLS.md"], StringComparison.Ordinal);
        Assert.Equal(3, texts["DEVPLAN.md"].Split("- [ ]").Length - 1);
        Assert.Contains("Status: initialized", texts["HANDOFF.md"], StringComparison.Ordinal);
        Assert.All(new[] { agent.Runs, agent.Audit, agent.Memory }, folder => Assert.True(Directory.Exists(folder)));
    }

    [Fact]
    public void A_persons_text_is_kept_unless_forced()
    {
        Directory.CreateDirectory(agent.Path);
        File.WriteAllText(agent.Document("SOUL.md"), "mine");

        Assert.DoesNotContain("SOUL.md", AgentDocuments.Create(agent, [], force: false));
        Assert.Equal("mine", AgentDocuments.Read(agent)[0].Content);
        Assert.Contains("SOUL.md", AgentDocuments.Create(agent, [], force: true));
        Assert.NotEqual("mine", AgentDocuments.Read(agent)[0].Content);
    }

    [Fact]
    public void Missing_documents_are_left_out()
    {
        Directory.CreateDirectory(agent.Path);
        File.WriteAllText(agent.Document("RULES.md"), "rules");

        Assert.Equal([new AgentDocument("RULES.md", "rules")], AgentDocuments.Read(agent));
    }

    [Fact]
    public void A_document_that_cannot_be_read_stops_the_run()
    {
        Directory.CreateDirectory(agent.Document("RULES.md"));

        Assert.ThrowsAny<Exception>(() => AgentDocuments.Read(agent));
    }

    [Theory]
    [InlineData(0), InlineData(1), InlineData(2), InlineData(3)]
    public void A_long_document_is_cut_between_characters(int shift)
    {
        Directory.CreateDirectory(agent.Path);
        File.WriteAllText(agent.Document("SOUL.md"), new string('a', shift) + string.Concat(Enumerable.Repeat("🎉", 5000)));

        var document = Assert.Single(AgentDocuments.Read(agent));
        Assert.True(document.Cut);
        Assert.DoesNotContain('\ufffd', document.Content);
        Assert.InRange(Encoding.UTF8.GetByteCount(document.Content), AgentDocuments.MaxShownBytes - 3, AgentDocuments.MaxShownBytes);
    }

    [Fact]
    public void Agents_are_the_folders_whose_names_are_ids()
    {
        foreach (var name in new[] { "beta", "alpha", "_routing", ".hidden", "with space" }) Directory.CreateDirectory(temp[$"agents/{name}"]);
        File.WriteAllText(temp["agents/file"], "");
        Directory.CreateSymbolicLink(temp["agents/link"], temp.Path);

        Assert.Equal(["alpha", "beta"], AgentFolder.Existing(temp.Path).Select(id => id.ToString()));
        Assert.Empty(AgentFolder.Existing(temp["nowhere"]));
    }

    [Fact]
    public void Whatever_is_an_id_stays_below_the_agents_folder() => Gen.String[0, 20].Sample(text =>
    {
        if (!AgentId.TryParse(text, out var id)) return;
        Assert.Equal("/state/agents", Path.GetDirectoryName(Path.GetFullPath(new AgentFolder("/state", id).Path)));
    });

    [Fact]
    public void Only_the_six_names_are_documents() => Assert.Throws<ArgumentException>(() => agent.Document("../../config.json"));
}
