using System.Text;
using Openclawssy.Egress;
using Openclawssy.Setup;
using Xunit;

namespace Openclawssy.Tests.Setup;

public sealed class LocalServersTests
{
    [Theory]
    [InlineData("""{"object":"list","data":[{"id":"llama3.1:8b"},{"id":"qwen2.5"}]}""", "llama3.1:8b,qwen2.5")]
    [InlineData("""{"data":[{"id":7},{"name":"x"},"y",{"id":""},{"id":"a b"},{"id":"\u001b[2J"},{"id":"\ud800"},{"id":"good"}]}""", "good")]
    [InlineData("""{"data":{}}""", "")]
    [InlineData("[]", "")]
    public void Only_names_that_can_stand_in_a_file_and_on_a_screen_are_offered(string json, string names) =>
        Assert.Equal(names, string.Join(',', LocalServers.Names(Encoding.UTF8.GetBytes(json))));

    [Fact]
    public void A_list_without_end_is_cut() =>
        Assert.Equal(LocalServers.MaxModels, LocalServers.Names(Encoding.UTF8.GetBytes($"{{\"data\":[{string.Join(',', Enumerable.Range(0, 5000).Select(i => $"{{\"id\":\"m{i}\"}}"))}]}}")).Count);

    [Fact]
    public async Task Where_nobody_listens_nothing_is_found()
    {
        using var egress = EgressClient.OfSystem(TimeProvider.System);
        Assert.Empty(await new LocalServers(egress, TimeProvider.System).FindAsync([(1, "nobody")], default));
    }
}
