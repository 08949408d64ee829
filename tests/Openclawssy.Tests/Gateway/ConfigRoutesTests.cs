using Xunit;

namespace Openclawssy.Tests.Gateway;

public sealed class ConfigRoutesTests
{
    const string Path = "/api/admin/config";

    [Fact]
    public async Task An_entry_is_added_filled_and_taken_out_again()
    {
        await using var house = await GatewayHouse.OpenAsync();
        Assert.Equal(["agents.profiles.alpha"], await ChangedAsync(house, """{"agents":{"profiles":{"alpha":{}}}}"""));
        Assert.Equal(["agents.profiles.alpha.model.name"], await ChangedAsync(house, """{"agents":{"profiles":{"alpha":{"model":{"name":"small"}}}}}"""));
        Assert.Equal(["""providers.zai.prices["GLM-4.7"].input"""], await ChangedAsync(house, """{"providers":{"zai":{"prices":{"GLM-4.7":{"input":0.6}}}}}"""));
        var config = (await house.GetAsync(Path)).Body!;
        Assert.Equal(("small", 0.6), (config["agents"]!["profiles"]!["alpha"]!["model"]!["name"]!.GetValue<string>(), config["providers"]!["zai"]!["prices"]!["GLM-4.7"]!["input"]!.GetValue<double>()));
        Assert.Equal(["agents.profiles.alpha", """providers.zai.prices["GLM-4.7"]"""], await ChangedAsync(house, """{"agents":{"profiles":{"alpha":null}},"providers":{"zai":{"prices":{"GLM-4.7":null}}}}"""));
        config = (await house.GetAsync(Path)).Body!;
        Assert.Empty(config["agents"]!["profiles"]!.AsObject());
        Assert.Empty(config["providers"]!["zai"]!["prices"]!.AsObject());
        // Once more changes nothing.
        Assert.Empty(await ChangedAsync(house, """{"agents":{"profiles":{"alpha":null}},"providers":{"openai":null}}"""));
    }

    [Fact]
    public async Task Null_takes_a_key_out_and_its_default_holds()
    {
        await using var house = await GatewayHouse.OpenAsync(""" "engine": {"max_queued_runs": 7} """);
        Assert.Equal(["engine.max_queued_runs"], await ChangedAsync(house, """{"engine":{"max_queued_runs":null,"max_concurrent_runs":null}}"""));
        Assert.Equal(64, (await house.GetAsync(Path)).Body!["engine"]!["max_queued_runs"]!.GetValue<int>());
    }

    [Theory]
    [InlineData("""{"agents":{"profiles":{"../x":{}}}}""", """agents.profiles["../x"]""", "agent")]
    [InlineData("""{"agents":{"profiles":{"alpha":{"model":{"provider":"nobody"}}}}}""", "agents.profiles.alpha.model.provider", "nobody")]
    [InlineData("""{"providers":{"nobody":{}}}""", "providers.nobody", "nobody")]
    [InlineData("""{"providers":{"zai":{"prices":{"m":{"input":-1}}}}}""", "providers.zai.prices.m.input", "0")]
    [InlineData("""{"providers":{"generic":null}}""", "model.provider", "base_url")]
    [InlineData("""{"model":null}""", "model", "no such key")]
    [InlineData("""{"providers":null}""", "providers", "no such key")]
    [InlineData("""{"providers":{"rehearsal":null}}""", "providers.rehearsal", "only at the machine itself")]
    [InlineData("""{"providers":{"rehearsal":{"prices":{"m":{"input":1}}}}}""", "providers.rehearsal.prices.m.input", "only at the machine itself")]
    [InlineData("""{"providers":{"rehearsal":{"prices":{"m":{}}}}}""", "providers.rehearsal.prices.m", "only at the machine itself")]
    [InlineData("""{"workspace":{"root":null}}""", "workspace.root", "only at the machine itself")]
    [InlineData("""{"sandbox":null}""", "sandbox", "no such key")]
    public async Task What_is_refused_is_told_at_its_field_and_nothing_is_changed(string body, string field, string says)
    {
        await using var house = await GatewayHouse.OpenAsync();
        var file = System.IO.Path.Combine(house.Root, ".openclawssy", "config.json");
        var before = await File.ReadAllTextAsync(file);
        var (status, answer) = await house.SendAsync(HttpMethod.Patch, Path, body);
        Assert.Equal(400, status);
        var fault = Assert.Single(answer!["error"]!["fields"]!.AsArray());
        Assert.Equal(field, fault!["field"]!.GetValue<string>());
        Assert.Contains(says, fault["message"]!.GetValue<string>(), StringComparison.Ordinal);
        Assert.Equal(before, await File.ReadAllTextAsync(file));
    }

    [Fact]
    public async Task Headers_are_changed_one_by_one_and_a_masked_one_stays_what_it_is()
    {
        await using var house = await GatewayHouse.OpenAsync();
        const string at = "providers.generic.headers";
        Assert.Equal([$"{at}.X-One", $"{at}.X-Two"], await ChangedAsync(house, """{"providers":{"generic":{"headers":{"X-One":"first-value","X-Two":"second-value"}}}}"""));
        Assert.Equal([$"{at}.X-Three", $"{at}.X-Two"], await ChangedAsync(house, """{"providers":{"generic":{"headers":{"X-One":"[set]","X-Three":"third-value"}}}}"""));
        var file = await File.ReadAllTextAsync(System.IO.Path.Combine(house.Root, ".openclawssy", "config.json"));
        Assert.Contains("first-value", file, StringComparison.Ordinal);
        Assert.Contains("third-value", file, StringComparison.Ordinal);
        Assert.DoesNotContain("second-value", file, StringComparison.Ordinal);
        Assert.Equal(400, (await house.SendAsync(HttpMethod.Patch, Path, """{"providers":{"generic":{"headers":{"X-One":"[set]","X-New":"[set]"}}}}""")).Status);
    }

    [Fact]
    public async Task The_families_of_entries_are_listed()
    {
        await using var house = await GatewayHouse.OpenAsync();
        var families = (await house.GetAsync("/api/admin/config/schema")).Body!["families"]!.AsArray();
        Assert.Equal(["providers.<provider>", "providers.<provider>.prices.<model>", "agents.profiles.<agent>"], families.Select(family => family!["key"]!.GetValue<string>()));
        Assert.Contains("zai", families[0]!["names"]!.AsArray().Select(name => name!.GetValue<string>()));
        Assert.Null(families[2]!["names"]);
    }

    static async Task<IEnumerable<string>> ChangedAsync(GatewayHouse house, string body)
    {
        var (status, answer) = await house.SendAsync(HttpMethod.Patch, Path, body);
        Assert.True(status == 200, $"{status} {answer}");
        return answer!["changed"]!.AsArray().Select(name => name!.GetValue<string>());
    }
}
