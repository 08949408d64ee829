using Openclawssy.Cli;
using Openclawssy.Runtime.Agents;
using Openclawssy.Runtime.Config;
using Openclawssy.Runtime.Journal;
using Openclawssy.Runtime.Policy;
using Openclawssy.Runtime.Toolkit;
using Openclawssy.Tests.House;
using Openclawssy.Tests.Runs;
using Openclawssy.Tools;
using Xunit;

namespace Openclawssy.Tests.Cli;

public sealed class ExplanationTests
{
    static readonly ToolCatalog Catalog = new(Toolbox.All);

    /// <summary>What is explained before a call is what the gate then does, by the same rule.</summary>
    [Theory]
    [InlineData("")]
    [InlineData("fs.write,policy.grant,config.set")]
    [InlineData("fs.write,policy.admin,policy.grant,policy.revoke,config.set")]
    public async Task Explain_says_what_the_gate_then_does(string granted)
    {
        await using var house = new TestHouse();
        Directory.CreateDirectory(house.State.Of("agents", "other"));
        File.WriteAllText(house.State.GrantsFile, $"{{\"agents\":{{\"default\":[{string.Join(",", granted.Split(',', StringSplitOptions.RemoveEmptyEntries).Select(name => $"\"{name}\""))}]}}}}");
        var file = new GrantsFile(house.State.GrantsFile, Catalog.All.Select(tool => tool.Name));
        List<string> wrong = [];
        foreach (var (name, arguments) in SelfWideningTests.Attempts)
        {
            var explained = new Explanation(
                Authority.Agent(house.Agent), new(file), file, Catalog, ConfigStore.In(house.State).Load().Require(), AgentFolder.Existing(house.State.Path)).Of(Catalog.Find(name)!, arguments);
            var story = TestHouse.Read(await house.AskAsync($"/tool {name} {arguments}"));
            var error = story.Entries.Select(entry => entry.Event).OfType<ToolAnswered>().Single().Error;
            var rule = error?.Code == ToolErrorCodes.InputInvalid ? error.Code : story.Entries.Select(entry => entry.Event).OfType<PolicyVerdict>().Last().Rule;
            // Whether a new configuration holds together is no question of rights.
            if (explained.Allows && error?.Code == ToolErrorCodes.InputInvalid && name == "config.set") continue;
            if (explained.Rule != rule || explained.Allows != (error is null)) wrong.Add($"{name} {arguments}: explained {explained.Word} {explained.Rule}, was {error?.Code} {rule}");
        }
        Assert.Equal([], wrong);
    }
}
