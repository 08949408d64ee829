using Openclawssy.TestKit;
using Xunit;

namespace Openclawssy.Acceptance;

/// <summary>Every story in <c>Scripts/</c>, each a row.</summary>
public sealed class ScriptTests
{
    public static TheoryData<string> Stories => [.. Script.Names.Where(name => !IsAboutDiscord(name))];

    [Theory, MemberData(nameof(Stories))]
    public Task The_story_holds(string name) => TellAsync(name);

    internal static bool IsAboutDiscord(string name) => name.StartsWith("discord-", StringComparison.Ordinal);

    internal static async Task TellAsync(string name)
    {
        if (!Binary.IsBuilt)
        {
            Assert.False(Binary.IsRequired, $"{Binary.Path} is not there");
            Assert.Skip("the program is not built; run make build");
        }
        var script = Script.Load(name);
        if (script.NeedsModel && ScriptedModels.Start is null) Assert.Skip("this story needs a scripted model, and none is wired yet");
        if (script.Needs.FirstOrDefault(program => !File.Exists(program)) is { } missing) Assert.Skip($"this story needs {missing}");

        await using var model = script.NeedsModel ? ScriptedModels.Start!() : null;
        using var folder = new TempFolder();
        using var runner = new ScriptRunner(folder, model);
        await runner.RunAsync(script);
    }
}

/// <summary>The stories about Discord, which wait more than they work: told beside the others.</summary>
public sealed class DiscordScriptTests
{
    public static TheoryData<string> Stories => [.. Script.Names.Where(ScriptTests.IsAboutDiscord)];

    [Theory, MemberData(nameof(Stories))]
    public Task The_story_holds(string name) => ScriptTests.TellAsync(name);
}
