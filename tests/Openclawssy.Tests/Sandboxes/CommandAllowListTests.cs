using CsCheck;
using Openclawssy.Runtime.Sandboxes;
using Openclawssy.Runtime.Text;
using Xunit;

namespace Openclawssy.Tests.Sandboxes;

/// <summary>S11: what is allowed is decided on parsed arguments.</summary>
public sealed class CommandAllowListTests
{
    static string? Locate(string program) => program.StartsWith('/') ? program.Replace("/bin/", "/usr/bin/", StringComparison.Ordinal).Replace("/usr/usr/", "/usr/", StringComparison.Ordinal) : $"/usr/bin/{program}";

    static CommandAllowList List(params string[] entries) => new(entries, Locate);

    [Fact]
    public void An_empty_list_allows_nothing() => Assert.False(List().Allows("ls", []));

    [Fact]
    public void A_star_allows_everything() => Assert.True(List("*").Allows("anything", ["at", "all"]));

    [Theory]
    [InlineData("git status", "git", new[] { "status" }, true)]
    [InlineData("git status", "git", new[] { "status", "--short" }, true)]
    [InlineData("git status", "/usr/bin/git", new[] { "status" }, true)]
    [InlineData("git status", "/bin/git", new[] { "status" }, true)]
    [InlineData("git status", "git", new[] { "statusx" }, false)]
    [InlineData("git status", "git", new[] { "status --short" }, false)]
    [InlineData("git status", "git", new[] { "-c", "alias.status=!canary", "status" }, false)]
    [InlineData("git status", "git", new string[0], false)]
    [InlineData("git status", "git status", new string[0], false)]
    [InlineData("git", "gitk", new string[0], false)]
    [InlineData("echo 'a b'", "echo", new[] { "a b" }, true)]
    [InlineData("echo 'a b'", "echo", new[] { "a", "b" }, false)]
    public void An_entry_is_a_program_with_its_first_arguments(string entry, string program, string[] arguments, bool allowed) => Assert.Equal(allowed, List(entry).Allows(program, arguments));

    public static TheoryData<string, string[]> Wrappers => new()
    {
        { "env", ["-S", "canary"] }, { "busybox", ["canary"] }, { "nice", ["canary"] }, { "xargs", ["canary"] }, { "find", [".", "-exec", "canary", ";"] }, { "sh", ["-c", "canary"] },
        { "timeout", ["1", "canary"] }, { "tar", ["--checkpoint-action=exec=canary"] }, { "sort", ["--compress-pro=canary"] }, { "git", ["-c", "core.pager=canary", "status"] },
        { "git status;canary", [] }, { "git status\ncanary", [] }, { "git status && canary", [] }, { "git status $(canary)", [] }, { "git status `canary`", [] }, { "git\tstatus|canary", [] },
        { "git status <<EOF\n$(canary)\nEOF", [] }, { "git${IFS}status;canary", [] }, { "/tmp/git", ["status"] }, { "./git", ["status"] },
    };

    [Theory]
    [MemberData(nameof(Wrappers))]
    public void A_wrapper_around_another_program_is_not_the_allowed_one(string program, string[] arguments) => Assert.False(List("git status", "ls").Allows(program, arguments));

    [Fact]
    public void A_comparison_of_texts_would_have_let_some_of_them_through() =>
        // The earlier program's rule: the joined text equals an entry or goes on after it with a blank.
        Assert.True(Wrappers.Select(row => string.Join(' ', [row.Data.Item1, .. row.Data.Item2])).Count(text => text.StartsWith("git status ", StringComparison.Ordinal)) >= 3);

    [Fact]
    public void The_refusal_names_a_line_that_allows_it() => Gen.Select(Gen.String[Gen.Char['!', '~'], 1, 8], Gen.String[Gen.Char[' ', '~'], 0, 8].Array[0, 4]).Sample((program, arguments) =>
    {
        var line = System.Text.Json.Nodes.JsonNode.Parse(CommandAllowList.LineFor(program, arguments))!.GetValue<string>();
        return CommandWords.TrySplit(line, out var words, out _) && words.SequenceEqual([program, .. arguments]);
    });

    [Theory]
    [InlineData("git 'status")]
    [InlineData("\"")]
    [InlineData("''")]
    [InlineData("  ")]
    public void A_line_that_names_no_program_is_none(string line) => Assert.False(CommandWords.TrySplit(line, out _, out _));
}
