using System.Text;
using System.Text.Json;
using Openclawssy.Runtime.Config;
using Xunit;

namespace Openclawssy.Tests.Config;

public sealed class ConfigSecrecyTests
{
    const string Marker = "S3CR3T-0123456789";

    const string WithSecrets = $$$$$"""
        {
          "providers": {
            "zai": { "api_key": "{{{{{Marker}}}}}-a", "headers": { "X-Api-Key": "{{{{{Marker}}}}}-b", "X-Title": "short" } },
            "generic": { "base_url": "https://h.test/v1", "api_key": "{{{{{Marker}}}}}-c" }
          },
          "discord": { "token": "{{{{{Marker}}}}}-d" }
        }
        """;

    static void ShowsNoSecret(Func<string, string> show) => Assert.DoesNotContain(Marker, show(WithSecrets), StringComparison.Ordinal);

    [Fact]
    public void The_view_shows_no_secret() => ShowsNoSecret(text => ConfigView.Redacted(Configs.Usable(text)));

    [Fact]
    public void The_records_do_not_print_their_secrets() => ShowsNoSecret(text =>
    {
        var config = Configs.Usable(text);
        return $"{config} {config.Discord} {string.Join(' ', config.Providers.Values)} {string.Join(' ', config.Providers["zai"].Headers)}";
    });

    [Fact]
    public void A_serializer_let_loose_on_the_records_shows_no_secret() =>
        ShowsNoSecret(text => JsonSerializer.Serialize(Configs.Usable(text), ConfigRecordsJson.Default.OpenclawssyConfig));

    [Fact]
    public void Warnings_show_no_secret() => ShowsNoSecret(text => string.Join('\n', Configs.Load(text).Warnings));

    [Fact]
    public void Control_a_view_that_hides_the_known_key_fields_only_is_caught() => Assert.ThrowsAny<Xunit.Sdk.XunitException>(() => ShowsNoSecret(text =>
    {
        // What the earlier program did: headers were forgotten.
        var lines = text.Split('\n').Select(line => line.Replace("\"api_key\": \"" + Marker, "\"api_key\": \"", StringComparison.Ordinal).Replace("\"token\": \"" + Marker, "\"token\": \"", StringComparison.Ordinal));
        return string.Join('\n', lines);
    }));

    [Fact]
    public void The_view_still_says_which_secrets_are_set()
    {
        var config = Configs.Usable(WithSecrets);
        Assert.Equal("\"[set]\"", ConfigView.Value(config, ConfigPath.Parse("providers.zai.api_key")));
        Assert.Equal("\"[set]\"", ConfigView.Value(config, ConfigPath.Parse("providers.zai.headers.X-Api-Key")));
        Assert.Equal("\"[set]\"", ConfigView.Value(config, ConfigPath.Parse("discord.token")));
        Assert.Null(ConfigView.Value(config, ConfigPath.Parse("providers.openai.api_key")));
        Assert.Equal("\"GLM-4.7\"", ConfigView.Value(config, ConfigPath.Parse("model.name")));
        Assert.Equal(Marker + "-a", config.Providers["zai"].ApiKey!.Reveal());
    }

    /// <summary>Faulty files whose faults are in, or beside, a secret.</summary>
    public static TheoryData<string> Faulty => new(
        $$$$$"""{"providers": {"zai": {"api_key": "{{{{{Marker}}}}} with spaces"}}}""",
        $$$$$"""{"providers": {"zai": {"api_key": ["{{{{{Marker}}}}}"]}}}""",
        $$$$$"""{"providers": {"zai": {"headers": {"X-A": "{{{{{Marker}}}}}\r\nHost: evil"}}}}""",
        $$$$$"""{"providers": {"zai": {"headers": {"Authorization": "Bearer {{{{{Marker}}}}}"}}}}""",
        $$$$$"""{"providers": {"zai": {"headers": "{{{{{Marker}}}}}"}}}""",
        $$$$$"""{"providers": {"zai": {"base_url": "https://user:{{{{{Marker}}}}}@h.test/v1"}}}""",
        $$$$$"""{"providers": {"zai": {"base_url": "https://h.test/v1?key={{{{{Marker}}}}}"}}}""",
        $$$$$"""{"discord": {"token": "{{{{{Marker}}}}}é"}}""",
        $$$$$"""{"discord": {"token": "{{{{{Marker}}}}}" "enabled": true}}""",
        $$$$$"""{"discord": {"tokn": "{{{{{Marker}}}}}"}}""");

    static void ComplainsWithoutTheSecret(string text, Func<string, string> complain)
    {
        var complaint = complain(text);
        Assert.NotEmpty(complaint);
        Assert.DoesNotContain(Marker, complaint, StringComparison.Ordinal);
    }

    [Theory, MemberData(nameof(Faulty))]
    public void A_fault_in_a_secret_is_reported_without_it(string text) => ComplainsWithoutTheSecret(text, faulty => string.Join('\n', Configs.Problems(faulty)));

    [Fact]
    public void A_value_that_cannot_be_set_is_not_repeated() => ComplainsWithoutTheSecret($"\"{Marker}\"x\"", value =>
        Assert.Throws<FormatException>(() => ConfigEdit.Set("{}"u8, ConfigPath.Parse("discord.token"), value)).Message);

    [Fact]
    public void Control_messages_that_repeat_the_line_are_caught() => Assert.All(Faulty, row =>
        Assert.ThrowsAny<Xunit.Sdk.XunitException>(() => ComplainsWithoutTheSecret(row.Data, faulty => $"config.json:1: cannot read {faulty}")));

    [Theory]
    [InlineData("short", "at least 8 characters")]
    [InlineData("[set]", "stands for a secret")]
    [InlineData("has spaces in it", "printable ASCII")]
    public void A_secret_that_could_not_be_guarded_is_refused(string value, string expected) =>
        Assert.Contains(expected, Configs.Problem($$$$$"""{"providers": {"zai": {"api_key": "{{{{{value}}}}}"}}}"""), StringComparison.Ordinal);

    [Theory]
    [InlineData("Authorization")]
    [InlineData("authorization")]
    [InlineData("Host")]
    [InlineData("Content-Length")]
    [InlineData("Transfer-Encoding")]
    [InlineData("Bad Name")]
    [InlineData("X-A\\r\\nX-B")]
    [InlineData("")]
    public void A_header_that_would_change_the_request_s_meaning_is_refused(string name) =>
        Assert.Single(Configs.Problems($$$$$"""{"providers": {"zai": {"headers": {"{{{{{name}}}}}": "v"}}}}"""));

    [Fact]
    public void A_header_is_not_written_twice_in_two_spellings() =>
        Assert.Contains("written twice", Configs.Problem("""{"providers": {"zai": {"headers": {"X-A": "1", "x-a": "2"}}}}"""), StringComparison.Ordinal);

    [Fact]
    public void The_view_of_a_configuration_without_secrets_is_a_configuration()
    {
        var config = Configs.Usable("""{"model": {"provider": "openai", "name": "gpt", "temperature": 0.5}, "network": {"allowed_domains": ["a.test"]}, "runs": {"keep": 7}}""");
        var shown = ConfigView.Redacted(config);
        Assert.Equal(shown, ConfigView.Redacted(ConfigFile.Load(Encoding.UTF8.GetBytes(shown), "config.json").Require()));
    }
}
