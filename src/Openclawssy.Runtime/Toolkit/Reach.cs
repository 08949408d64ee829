namespace Openclawssy.Runtime.Toolkit;

/// <summary>How far a tool's arm goes. What it does not declare, it is not handed.</summary>
[Flags]
public enum Reach
{
    Nothing = 0,
    ReadsFiles = 1,
    WritesFiles = 2,
    Clock = 4,
    Web = 8,
    Shell = 16,
    Grants = 32,
    Configuration = 64,
    Secrets = 128,
    RunControl = 256,
    SessionControl = 512,
    AgentControl = 1024,

    /// <summary>Reads what the runtime keeps about runs, conversations and agents. It changes by itself, so no answer is used twice.</summary>
    Records = 2048,
    Scheduler = 4096,

    /// <summary>Every door to the control plane. A new kind of door has a flag of its own above, and its name here.</summary>
    ControlPlane = Grants | Configuration | Secrets | RunControl | SessionControl | AgentControl | Scheduler,
}

/// <summary>What a call can change, the widest thing its reach allows. Reuse, parallelism, replay and approvals read it.</summary>
public enum Effect
{
    PureRead,
    WorkspaceWrite,
    Egress,
    Execution,
    ControlPlane,
}

public static class Effects
{
    /// <summary>As records name it.</summary>
    public static string ToText(this Effect effect) => effect switch
    {
        Effect.PureRead => "pure_read",
        Effect.WorkspaceWrite => "workspace_write",
        Effect.Egress => "egress",
        Effect.Execution => "execution",
        _ => "control_plane",
    };

    /// <summary>The effect class follows from the reach, so that a tool cannot declare one and mean another.</summary>
    public static Effect Of(Reach reach) =>
        (reach & Reach.ControlPlane) != 0 ? Effect.ControlPlane
        : reach.HasFlag(Reach.Shell) ? Effect.Execution
        : reach.HasFlag(Reach.Web) ? Effect.Egress
        : reach.HasFlag(Reach.WritesFiles) ? Effect.WorkspaceWrite
        : Effect.PureRead;
}
