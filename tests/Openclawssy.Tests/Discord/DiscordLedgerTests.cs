using Openclawssy.Discord;
using Openclawssy.Runtime.Config;
using Openclawssy.Runtime.Text;
using Openclawssy.TestKit;
using Xunit;

namespace Openclawssy.Tests.Discord;

public sealed class DiscordLedgerTests : IDisposable
{
    static readonly Owed owed = new("1", "100", "201", OwedFor.Message);

    readonly TempFolder folder = new();
    public void Dispose() => folder.Dispose();

    string File => folder["discord/owed.jsonl"];

    [Fact]
    public async Task What_is_owed_outlives_the_process_as_it_stood_last()
    {
        var last = owed with { Run = RunId.Parse("run_1"), Thinking = ThinkingMode.OnError, Text = "a\n\"b\"", Progress = "9", Sent = 2 };
        using (var ledger = new DiscordLedger(File))
        {
            await ledger.PutAsync(owed);
            await ledger.PutAsync(owed with { Id = "2", For = OwedFor.Command });
            await ledger.PutAsync(last);
            await ledger.DoneAsync("2");
        }
        for (var i = 0; i < 2; i++)
        {
            using var ledger = new DiscordLedger(File);
            Assert.Equal([last], ledger.Open);
            Assert.True(ledger.Knows("1") && ledger.Knows("2") && !ledger.Knows("3"));
        }
    }

    [Fact]
    public async Task A_torn_line_and_one_that_is_not_ours_cost_only_themselves()
    {
        using (var ledger = new DiscordLedger(File)) await ledger.PutAsync(owed);
        System.IO.File.AppendAllText(File, "nonsense\n{\"id\":7}\n[]\n{\"done\":\"1\"");
        using var again = new DiscordLedger(File);
        Assert.Equal([owed], again.Open);
        await again.DoneAsync("1");
        Assert.Empty(again.Open);
    }

    [Fact]
    public async Task What_it_remembers_is_bounded()
    {
        using (var ledger = new DiscordLedger(File))
            for (var i = 0; i < 300; i++) await ledger.DoneAsync($"{i}");
        using var again = new DiscordLedger(File);
        Assert.True(again.Knows("0"));
        Assert.Equal(300, System.IO.File.ReadLines(File).Count());
    }
}
