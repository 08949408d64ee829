using System.Text;
using System.Text.Json;
using CsCheck;
using Openclawssy.Runtime.Config;
using Openclawssy.TestKit;
using Xunit;

namespace Openclawssy.Tests.Config;

public sealed class ConfigHostilityTests
{
    /// <summary>The corpus counts these as no JSON; our files may hold comments and trailing commas, so their syntax passes.</summary>
    static readonly string[] Lenient =
    [
        "n_array_extra_comma.json", "n_array_number_and_comma.json", "n_object_trailing_comma.json", "n_object_trailing_comment.json", "n_object_trailing_comment_slash_open.json",
        "n_structure_object_with_comment.json",
    ];

    static readonly byte[] Whole = Encoding.UTF8.GetBytes("""
        { // comment
          "model": { "provider": "zai", "name": "GLM-4.7", "temperature": 0.2, "fallbacks": [{ "provider": "openai", "name": "é\u00e9" }] },
          "providers": { "generic": { "base_url": "http://127.0.0.1:1/v1", "headers": { "X-A": "b" }, "prices": { "m": { "input": 1.5 } } } },
          "agents": { "enabled_agent_ids": ["a"], "profiles": { "a": { "enabled": true } } }, /* other */
          "network": { "allowed_domains": ["example.com",] },
        }
        """);

    static readonly Gen<string> Token = Gen.OneOf(
        "{", "}", "[", "]", ",", ":", "\"model\"", "\"providers\"", "\"zai\"", "\"agents\"", "\"profiles\"", "\"name\"", "\"headers\"", "\"network\"", "\"allowed_domains\"", "\"\\uD800\"",
        "null", "true", "false", "0", "-1", "1e999", "1.5", "\"\"", "\"x\"", "// c\n", "/* c */", "/*", "\n", " ", "\"\\u0000\"", "\u2028", "\uFEFF", "\"$schema\"");

    [Fact]
    public void Any_bytes_are_read_or_refused_but_never_thrown_at_us()
    {
        var mutations = Gen.Select(Gen.Int[0, Whole.Length - 1], Gen.Byte, Gen.Int[0, 3]).Array[1, 6];
        mutations.Sample(changes =>
        {
            var bytes = Whole.ToList();
            foreach (var (at, value, how) in changes)
            {
                if (at >= bytes.Count) continue;
                if (how == 0) bytes[at] = value;
                else if (how == 1) bytes.RemoveAt(at);
                else if (how == 2) bytes.Insert(at, value);
                else bytes.RemoveRange(at, bytes.Count - at);
            }
            IsRefusedOrUsable([.. bytes]);
        }, iter: Campaign.Scale(2_000, 200_000));
        Gen.Byte.Array[0, 64].Sample(IsRefusedOrUsable, iter: Campaign.Scale(500, 50_000));
    }

    [Fact]
    public void Any_mixture_of_tokens_is_read_or_refused() =>
        Token.Array[0, 24].Sample(tokens => IsRefusedOrUsable(Encoding.UTF8.GetBytes("{" + string.Concat(tokens))), iter: Campaign.Scale(3_000, 300_000));

    static void IsRefusedOrUsable(byte[] bytes)
    {
        var load = ConfigFile.Load(bytes, "config.json");
        Assert.Equal(load.Config is null, load.Problems.Count > 0);
        Assert.All([.. load.Problems, .. load.Warnings], problem => Assert.DoesNotContain(problem.ToString(), char.IsControl));
        if (load.Config is not null) ConfigView.Redacted(load.Config);
    }

    [Fact]
    public void What_the_parser_corpus_calls_no_json_is_never_accepted()
    {
        var folder = Corpora.Find("json");
        if (folder is null) Assert.Skip(Corpora.Absent);
        var lenient = new List<string>();
        foreach (var file in Directory.EnumerateFiles(Path.Combine(folder, "test_parsing"), "*.json").Order(StringComparer.Ordinal))
        {
            var name = Path.GetFileName(file);
            var bytes = File.ReadAllBytes(file);
            var load = ConfigFile.Load(bytes, name);
            IsRefusedOrUsable(bytes);
            if (!name.StartsWith('n')) continue;
            Assert.True(load.Config is null || Lenient.Contains(name), $"{name} was accepted");
            if (load.Problems.All(problem => problem.Fault != ConfigFault.Syntax)) lenient.Add(name);
        }
        Assert.Equal(Lenient, lenient);
    }

    [Fact]
    public void What_the_parser_corpus_calls_json_has_no_fault_of_syntax()
    {
        var folder = Corpora.Find("json");
        if (folder is null) Assert.Skip(Corpora.Absent);
        foreach (var file in Directory.EnumerateFiles(Path.Combine(folder, "test_parsing"), "y_*.json"))
            Assert.DoesNotContain(ConfigFile.Load(File.ReadAllBytes(file), file).Problems, problem => problem.Fault == ConfigFault.Syntax);
    }

    /// <summary>Files that a trusting reader takes and a careful one must not.</summary>
    public static TheoryData<string> Deceptive => new(
        """{"shell": {"enable_exec": false}, "shell": {"enable_exec": true}, "sandbox": {"active": true, "provider": "local"}}""",
        """{"network": {"enabled": false, "enabled": true}}""",
        """{"network": {"\u0065nabled": false, "enabled": true}}""",
        """{"netwrok": {"enabled": false}}""",
        """{"chat": {"allow_user": ["alice"]}}""",
        """{"engine": {"max_concurrent_runs": "4"}}""",
        """{"workspace": {"root": null}}""");

    static void IsNotTaken(string text, Func<string, OpenclawssyConfig?> read) => Assert.Null(read(text));

    [Theory, MemberData(nameof(Deceptive))]
    public void A_file_that_does_not_mean_what_it_says_is_refused(string text) => IsNotTaken(text, deceptive => Configs.Load(deceptive).Config);

    [Fact]
    public void Control_a_trusting_reader_takes_every_one_of_them() =>
        Assert.All(Deceptive, row => Assert.ThrowsAny<Xunit.Sdk.XunitException>(() => IsNotTaken(row.Data, Trusting)));

    // Overlays what it recognises and ignores the rest, as the earlier program did.
    static OpenclawssyConfig? Trusting(string text)
    {
        using var document = JsonDocument.Parse(text);
        var config = new OpenclawssyConfig();
        if (document.RootElement.TryGetProperty("network", out var network) && network.TryGetProperty("enabled", out var enabled) && enabled.ValueKind == JsonValueKind.True)
            config = config with { Network = config.Network with { Enabled = true } };
        if (document.RootElement.TryGetProperty("shell", out var shell) && shell.TryGetProperty("enable_exec", out var exec) && exec.ValueKind == JsonValueKind.True)
            config = config with { Shell = config.Shell with { EnableExec = true } };
        return config;
    }
}
