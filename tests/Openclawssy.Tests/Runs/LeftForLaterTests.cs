using Openclawssy.Runtime.Agents;
using Openclawssy.Runtime.Journal;
using Openclawssy.Runtime.Runs;
using Openclawssy.Runtime.Text;
using Openclawssy.Tests.House;
using Xunit;

namespace Openclawssy.Tests.Runs;

public sealed class LeftForLaterTests
{
    [Fact]
    public async Task A_waiting_run_that_could_not_be_taken_up_is_looked_at_again_until_somebody_has_it()
    {
        await using var house = new TestHouse();
        var run = RunId.Parse("run_1795750000000_0123456789");
        using (var journal = RunJournal.Create(new AgentFolder(house.State.Path, house.Agent).Run(run), house.Clock, [], []))
            await journal.WriteAsync(new RunCreated(run.ToString(), "default", ["agent:default"], "http", new("user"), "hi", null, null, "gone", null, "full", "0.1"), TestContext.Current.CancellationToken);
        Directory.CreateDirectory(house.State.ProcessesFolder);
        var list = Path.Combine(house.State.ProcessesFolder, "gone.lock");
        File.WriteAllText(list, $"default {run}\n");

        var orphans = new OrphanedRuns(house.State.Path, _ => [], house.Sessions, house.Clock);
        var asked = 0;
        Task<bool> Take(bool taken) { asked++; return Task.FromResult(taken); }
        Assert.Empty(await orphans.CloseAsync((_, _) => Take(false)));
        Assert.True(File.Exists(list));
        await orphans.CloseAsync((_, _) => Take(true));
        Assert.False(File.Exists(list));
        Assert.Equal(2, asked);
    }
}
