using System.Text.RegularExpressions;
using Openclawssy.TestKit;
using Xunit;

namespace Openclawssy.Tests;

/// <summary>What the documents point at is there, and every story is accounted for.</summary>
public sealed partial class DocumentTests
{
    static IEnumerable<string> Pages => Directory.EnumerateFiles(Repository.Root, "*.md").Concat(Directory.EnumerateFiles(Path.Combine(Repository.Root, "docs"), "*.md", SearchOption.AllDirectories));

    [Fact]
    public void Links_lead_somewhere()
    {
        var broken = from page in Pages
                     from Match link in Link().Matches(File.ReadAllText(page))
                     let target = link.Groups[1].Value.Split('#')[0]
                     where target.Length > 0 && !target.Contains("://", StringComparison.Ordinal)
                     where !Path.Exists(Path.GetFullPath(target, Path.GetDirectoryName(page)!))
                     select $"{Path.GetRelativePath(Repository.Root, page)} points at {target}";
        Assert.Empty(broken);
    }

    [Fact]
    public void Every_story_is_named_by_a_promise_or_an_abuse_case()
    {
        var promises = File.ReadAllText(Path.Combine(Repository.Root, "docs", "specs", "ACCEPTANCE.md")) + File.ReadAllText(Path.Combine(Repository.Root, "docs", "security", "THREAT_MODEL.md"));
        var stories = Directory.EnumerateFiles(Path.Combine(Repository.Root, "tests", "Openclawssy.Acceptance", "Scripts"), "*.script").Select(path => Path.GetFileNameWithoutExtension(path)).ToList();
        Assert.DoesNotContain(stories, story => !promises.Contains($"`{story}`", StringComparison.Ordinal));
        Assert.DoesNotContain(StoryName().Matches(promises).Select(match => match.Groups[1].Value), named => !stories.Contains(named));
    }

    [GeneratedRegex(@"\]\(([^)\s]+)\)")]
    private static partial Regex Link();

    [GeneratedRegex(@"`((?:abuse|cli|init|ask|run|tool|audit|cancel)-[a-z-]+)`")]
    private static partial Regex StoryName();
}
