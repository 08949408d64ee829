using System.Text;
using Openclawssy.TestKit;
using Openclawssy.Tools;
using Xunit;

namespace Openclawssy.Tests;

public sealed class PublishedSchemasTests
{
    [Fact]
    public void Every_tool_s_published_schema_is_what_its_record_says()
    {
        var file = Path.Combine(Repository.Root, "src", "Openclawssy.Tools", "PublishedSchemas.cs");
        var current = Render();
        if (Environment.GetEnvironmentVariable("UPDATE") == "1") File.WriteAllText(file, current);
        Assert.Equal(current, File.ReadAllText(file));
        if (Environment.GetEnvironmentVariable("UPDATE") != "1")
            Assert.All(Toolbox.All, tool => Assert.Equal(tool.InputSchema.GetRawText(), PublishedSchemas.Of(tool.Name)));
    }

    static string Render()
    {
        var text = new StringBuilder("""
            namespace Openclawssy.Tools;

            /// <summary>
            /// Each tool's input schema as <c>make docs</c> wrote it down; a test compares it with what the tool's record says. Deriving
            /// them at every start would cost a sixth of the time of a short run.
            /// </summary>
            public static class PublishedSchemas
            {
                public static string? Of(string tool) => tool switch
                {

            """);
        foreach (var tool in Toolbox.All.OrderBy(tool => tool.Name, StringComparer.Ordinal))
            text.Append("        \"").Append(tool.Name).Append("\" => \"\"\"").Append(tool.InputSchema.GetRawText()).Append("\"\"\",\n");
        return text.Append("        _ => null,\n    };\n}\n").ToString();
    }
}
