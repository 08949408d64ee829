using System.Text.Json;
using Openclawssy.Runtime.Toolkit;
using Openclawssy.Tools;
using Xunit;

namespace Openclawssy.Tests.Tools;

public sealed class ToolboxTests
{
    [Fact]
    public void Every_tool_is_in_the_toolbox()
    {
        var written = typeof(Toolbox).Assembly.GetTypes().Where(type => type.IsAssignableTo(typeof(Tool)) && !type.IsAbstract).Select(type => type.FullName);
        Assert.Equal(written.Order(StringComparer.Ordinal), Toolbox.All.Select(tool => tool.GetType().FullName).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void The_toolbox_is_a_catalogue()
    {
        var catalog = new ToolCatalog(Toolbox.All);
        Assert.Equal("fs.move", catalog.Find("fs.rename")!.Name);
        Assert.Equal(["agent.create", "agent.list", "agent.switch", "code.search", "config.get", "config.set", "fs.append", "fs.delete", "fs.edit", "fs.list", "fs.move", "fs.read", "fs.write", "http.request",
            "metrics.get", "policy.grant", "policy.list", "policy.revoke", "run.cancel", "run.get", "run.list", "scheduler.add", "scheduler.list", "scheduler.pause", "scheduler.remove", "scheduler.resume", "secrets.get", "secrets.list", "secrets.set", "session.close", "session.list", "shell.exec", "time.now"],
            catalog.All.Select(tool => tool.Name));
    }

    [Fact]
    public void Every_field_is_described_and_every_integer_bounded()
    {
        foreach (var tool in Toolbox.All) Visit(tool.Name, tool.InputSchema);

        static void Visit(string where, JsonElement schema)
        {
            foreach (var field in schema.GetProperty("properties").EnumerateObject())
            {
                var here = $"{where} {field.Name}";
                Assert.True(field.Value.TryGetProperty("description", out _), $"{here} has no description");
                if (field.Value.TryGetProperty("type", out var type) && type.GetString() == "integer") Assert.True(field.Value.TryGetProperty("minimum", out _), $"{here} has no bounds");
                Assert.True(field.Value.TryGetProperty("type", out _) || field.Value.TryGetProperty("anyOf", out _), $"{here} has no type");
                if (field.Value.TryGetProperty("properties", out _)) Visit(here, field.Value);
                if (field.Value.TryGetProperty("items", out var items) && items.TryGetProperty("properties", out _)) Visit(here, items);
            }
        }
    }

    [Fact]
    public void Every_tool_that_changes_something_or_reaches_out_says_so()
    {
        foreach (var tool in Toolbox.All)
            Assert.Equal(tool.Name.Split('.')[0] switch
            {
                _ when tool.Name is "fs.write" or "fs.append" or "fs.delete" or "fs.move" or "fs.edit" => Effect.WorkspaceWrite,
                "http" => Effect.Egress,
                "shell" => Effect.Execution,
                "config" or "policy" or "scheduler" or "secrets" => Effect.ControlPlane,
                _ when tool.Name is "agent.create" or "agent.switch" or "run.cancel" or "session.close" => Effect.ControlPlane,
                _ => Effect.PureRead,
            }, Effects.Of(tool.Reach));
    }
}
