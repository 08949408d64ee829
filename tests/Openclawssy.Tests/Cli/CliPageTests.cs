using Openclawssy.Cli;
using Openclawssy.TestKit;
using Xunit;

namespace Openclawssy.Tests.Cli;

public sealed class CliPageTests
{
    [Fact]
    public void The_page_of_commands_is_current()
    {
        var file = Path.Combine(Repository.Root, "docs", "CLI.md");
        var current = Render();
        if (Environment.GetEnvironmentVariable("UPDATE") == "1") File.WriteAllText(file, current);
        Assert.True(File.Exists(file) && File.ReadAllText(file) == current, "docs/CLI.md differs from the program's help; UPDATE=1 rewrites it");
    }

    static string Render()
    {
        using var page = new StringWriter { NewLine = "\n" };
        page.WriteLine("# Commands\n\nWritten from the program's own help by `make docs`; a test compares the two.");
        foreach (var entry in Commands.All.Where(entry => !entry.Hidden))
        {
            Section(page, entry.Name, entry.Make());
            if (entry.Make() is CommandGroup group)
                foreach (var below in group.Subcommands) Section(page, $"{entry.Name} {below.Name}", below);
        }
        return page.ToString();
    }

    static void Section(StringWriter page, string path, CliCommand command)
    {
        page.WriteLine($"\n## {path}\n\n```text");
        using var help = new StringWriter { NewLine = "\n" };
        HelpText.Of(command, path, help);
        page.Write(help.ToString().TrimEnd('\n') + "\n");
        page.WriteLine("```");
    }
}
