namespace Openclawssy.Tests;

/// <summary>Which room of the runtime may look into which; docs/FLOOR_PLAN.md shows the same table. It reads as a build order.</summary>
static class FloorPlan
{
    public static readonly Dictionary<string, string[]> Rooms = new()
    {
        ["Text"] = [],
        ["Storage"] = ["Text"],
        ["Config"] = ["Storage", "Text"],
        ["Toolkit"] = ["Text"],
        ["Models"] = ["Toolkit", "Text"],
        ["Sandboxes"] = ["Toolkit", "Text"],
        ["Secrets"] = ["Storage", "Config", "Text"],
        ["Agents"] = ["Storage", "Config", "Text"],
        ["Sessions"] = ["Storage", "Config", "Text"],
        ["Scheduling"] = ["Storage", "Config", "Text"],
        ["Policy"] = ["Storage", "Config", "Toolkit", "Text"],
        ["Workspaces"] = ["Storage", "Policy", "Toolkit", "Text"],
        ["Journal"] = ["Storage", "Policy", "Models", "Toolkit", "Text"],
        ["Context"] = ["Journal", "Models", "Toolkit", "Text"],
        ["Feed"] = ["Text", "Storage", "Config", "Agents", "Policy", "Journal"],
        ["Prompts"] = ["Agents", "Toolkit", "Config", "Text"],
        ["Records"] = ["Text", "Storage", "Config", "Toolkit", "Models", "Agents", "Sessions", "Scheduling", "Policy", "Journal"],
        ["Runs"] = ["Text", "Storage", "Config", "Toolkit", "Models", "Sandboxes", "Secrets", "Agents", "Sessions", "Policy", "Workspaces", "Journal", "Context", "Prompts", "Records"],
        ["Channels"] = ["Text", "Storage", "Config", "Toolkit", "Agents", "Sessions", "Scheduling", "Policy", "Journal", "Feed", "Records", "Runs"],
    };

    /// <summary>Which project may refer to which.</summary>
    public static readonly Dictionary<string, string[]> Houses = new()
    {
        ["Openclawssy.Runtime"] = [],
        ["Openclawssy.Tools"] = ["Openclawssy.Runtime"],
        ["Openclawssy.Launcher"] = [],
        ["Openclawssy"] = ["Openclawssy.Runtime", "Openclawssy.Tools"],
    };
}
