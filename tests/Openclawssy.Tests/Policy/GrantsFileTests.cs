using Openclawssy.Runtime.Policy;
using Openclawssy.Runtime.Text;
using Openclawssy.TestKit;
using Xunit;

namespace Openclawssy.Tests.Policy;

public sealed class GrantsFileTests : IDisposable
{
    readonly TempFolder folder = new();
    static readonly AgentId A = AgentId.Parse("a");
    static readonly AgentId B = AgentId.Parse("b");

    string Path => folder["policy/capabilities.json"];

    public void Dispose() => folder.Dispose();

    [Fact]
    public void A_missing_file_grants_nothing_and_says_what_to_do()
    {
        var grants = new GrantsFile(Path, []).Current();

        Assert.False(grants.Has(A, "fs.read"));
        Assert.Contains("openclawssy init", grants.Problem, StringComparison.Ordinal);
    }

    [Fact]
    public void Something_that_is_no_file_grants_nothing()
    {
        Directory.CreateDirectory(Path);

        Assert.NotNull(new GrantsFile(Path, []).Current().Problem);
    }

    [Fact]
    public void A_file_beyond_the_limit_grants_nothing()
    {
        var file = new GrantsFile(Path, []);
        file.EnsureStarter(A);
        File.AppendAllText(Path, new string(' ', GrantsFile.MaxBytes));

        Assert.NotNull(file.Current().Problem);
    }

    [Fact]
    public void The_starter_set_is_names_only_and_lets_an_agent_change_nothing_about_itself()
    {
        var file = new GrantsFile(Path, []);

        Assert.True(file.EnsureStarter(A));
        Assert.Equal(Capabilities.Starter, file.Current().Of(A));
        Assert.Equal(Capabilities.Starter.Order(StringComparer.Ordinal), Capabilities.Starter);
        Assert.DoesNotContain(Capabilities.Starter, name => name.Contains('*') || name.StartsWith("policy.", StringComparison.Ordinal)
            || name.StartsWith("config.", StringComparison.Ordinal) || name.StartsWith("secrets.", StringComparison.Ordinal) || name is "shell.exec" or "http.request");
    }

    [Fact]
    public void An_existing_entry_is_kept_even_an_empty_one()
    {
        Directory.CreateDirectory(folder["policy"]);
        File.WriteAllText(Path, """{"agents":{"a":[],"b":["odd.one"]}}""");
        var file = new GrantsFile(Path, []);

        Assert.False(file.EnsureStarter(A));
        Assert.False(file.EnsureStarter(B));
        Assert.True(file.EnsureStarter(AgentId.Parse("c")));
        Assert.Empty(file.Current().Of(A));
        Assert.Equal(["odd.one"], file.Current().Of(B));
    }

    [Fact]
    public void A_broken_file_is_not_overwritten()
    {
        Directory.CreateDirectory(folder["policy"]);
        File.WriteAllText(Path, "{ mine");

        Assert.Throws<InvalidDataException>(() => new GrantsFile(Path, []).EnsureStarter(A));
        Assert.Equal("{ mine", File.ReadAllText(Path));
    }

    [Theory]
    [InlineData("fs.raed", false)]
    [InlineData("*", false)]
    [InlineData("policy.admin", true)]
    [InlineData("config.set", true)]
    public void Only_known_names_are_written(string capability, bool accepted)
    {
        var file = new GrantsFile(Path, ["config.set"]);
        bool Write() => file.Change(grants => grants.With(A, [capability]));

        if (accepted) Assert.True(Write());
        else Assert.Throws<InvalidDataException>(() => { Write(); });
    }
}
