using Openclawssy.Runtime.Config;
using Openclawssy.Runtime.Secrets;
using Openclawssy.Runtime.Storage;
using Openclawssy.Runtime.Text;
using Openclawssy.TestKit;
using Xunit;

namespace Openclawssy.Tests.Secrets;

/// <summary>The secrets a process has in use, as the program composes them.</summary>
public sealed class StoredSecretsTests : IDisposable
{
    static readonly SecretName zai = SecretName.OfProvider("zai");
    static readonly SecretDestination home = new("api.z.ai", "Authorization");

    readonly TempFolder folder = new();
    readonly Dictionary<string, string> variables = [];
    readonly OpenclawssyConfig config = new() { Discord = new() { Token = new("discord-token-1234") } };
    readonly StateFolder state;

    public StoredSecretsTests()
    {
        state = StateFolder.Create(folder.Path);
        variables["XDG_STATE_HOME"] = folder["user"];
    }

    public void Dispose() => folder.Dispose();

    World World => new(TimeProvider.System, variables.GetValueOrDefault, (_, _) => { }, _ => null);

    StoredSecrets InUse() => new(World, config, state, folder.Path);

    void Change(Action<SecretStore> change)
    {
        using var keys = SecretPlaces.Keys(World, config.Secrets, folder.Path);
        change(SecretPlaces.Store(World, config.Secrets, state, folder.Path, keys));
    }

    void Set(SecretName name, string text) => Change(store =>
    {
        using var value = SecretValue.Of(System.Text.Encoding.UTF8.GetBytes(text));
        store.Set(name, value, present => SecretPlaces.Bind(config, name, present), _ => { });
    });

    [Fact]
    public void Without_a_store_only_keys_from_elsewhere_are_known()
    {
        variables["ZAI_API_KEY"] = " environment-key ";
        using var secrets = InUse();
        Assert.Equal("full", secrets.Redaction);
        Assert.Null(secrets.Use(zai, home));
        Assert.Equal("[secret:ZAI_API_KEY] [secret:discord.token] plain", secrets.Scrub("environment-key discord-token-1234 plain"));
        Assert.Equal([state.Path], Directory.GetFileSystemEntries(folder.Path));
    }

    [Fact]
    public void A_secret_set_replaced_and_removed_by_another_process_is_seen_at_once_and_stays_out_of_texts()
    {
        using var secrets = InUse();
        Assert.Null(secrets.Use(zai, home));
        Set(zai, "first-stored-key");
        Assert.Equal("first-stored-key", secrets.Use(zai, home));
        Set(zai, "second-stored-key");
        Assert.Equal("second-stored-key", secrets.Use(zai, home));
        Change(store => store.Remove(zai, _ => { }));
        Assert.Null(secrets.Use(zai, home));
        Assert.Equal("[secret:provider/zai/api_key] [secret:provider/zai/api_key]", secrets.Scrub("first-stored-key second-stored-key"));
    }

    [Fact]
    public void A_value_in_pieces_is_scrubbed_too()
    {
        Set(zai, "first-stored-key");
        using var secrets = InUse();
        var pieces = secrets.Pieces();
        Assert.Equal("it is [secret:provider/zai/api_key].", pieces.Push("it is first-st").Text + pieces.Push("ored-key.").Text + pieces.Finish().Text);
    }

    [Fact]
    public void A_store_that_cannot_be_opened_is_not_used_and_the_run_says_so()
    {
        Set(zai, "first-stored-key");
        using var secrets = InUse();
        Assert.Equal("full", secrets.Redaction);
        File.AppendAllText(state.Of("secrets.enc"), "x");
        Assert.Equal("patterns_only", secrets.Redaction);
        Assert.Null(secrets.Use(zai, home));
        // What was known before is still kept out of texts.
        Assert.Equal("[secret:provider/zai/api_key]", secrets.Scrub("first-stored-key"));

        File.Delete(state.Of("master.key"));
        using var locked = InUse();
        Assert.Equal("patterns_only", locked.Redaction);
    }

    [Fact]
    public void A_providers_key_goes_to_its_host_until_the_operator_binds_it_elsewhere()
    {
        Set(zai, "first-stored-key");
        using var secrets = InUse();
        var elsewhere = new SecretDestination("evil.example", "Authorization");
        Assert.Equal(SecretErrorCodes.NotBound, Assert.Throws<SecretException>(() => secrets.Use(zai, elsewhere)).Code);
        Change(store => store.Bind(zai, SecretBinding.Of(["evil.example", "api.z.ai"], "Authorization"), _ => { }));
        Assert.Equal("first-stored-key", secrets.Use(zai, elsewhere));
        // A new value keeps a binding that covers the provider's host, and loses one that does not.
        Set(zai, "second-stored-key");
        Assert.Equal("second-stored-key", secrets.Use(zai, elsewhere));
        Change(store => store.Bind(zai, SecretBinding.Of(["evil.example"], "Authorization"), _ => { }));
        Set(zai, "third-stored-key");
        Assert.Throws<SecretException>(() => secrets.Use(zai, elsewhere));
        Assert.Equal("third-stored-key", secrets.Use(zai, home));
    }

    [Fact]
    public void A_providers_variable_names_its_key()
    {
        Assert.True(SecretPlaces.TryName(config, "openai_compat_api_key", out var name));
        Assert.Equal("provider/generic/api_key", name.ToString());
        Assert.True(SecretPlaces.TryName(config, "PERPLEXITY_API_KEY", out name));
        Assert.Equal("provider/perplexity/api_key", name.ToString());
    }
}
