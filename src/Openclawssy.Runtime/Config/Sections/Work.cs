namespace Openclawssy.Runtime.Config;

/// <summary>How many runs, and for how long.</summary>
public sealed record EngineConfig
{
    /// <summary>What holds where neither limit is set.</summary>
    const int UnsetTimeoutMs = 1_200_000;

    public int MaxConcurrentRuns { get; init; } = 64;
    public int MaxQueuedRuns { get; init; } = 64;

    /// <summary>Milliseconds; 0 means the maximum.</summary>
    public int DefaultRunTimeoutMs { get; init; } = 1_200_000;

    /// <summary>Milliseconds; 0 means no cap above the default.</summary>
    public int MaxRunTimeoutMs { get; init; } = 7_200_000;

    /// <summary>The limit a run goes by when it asks for none. Never endless.</summary>
    public TimeSpan RunTimeout() => TimeSpan.FromMilliseconds((DefaultRunTimeoutMs, MaxRunTimeoutMs) switch
    {
        (0, 0) => UnsetTimeoutMs,
        (0, var max) => max,
        (var normal, 0) => normal,
        var (normal, max) => Math.Min(normal, max),
    });
}

/// <summary>Jobs that start runs.</summary>
public sealed record SchedulerConfig
{
    public bool CatchUp { get; init; } = true;
    public int MaxConcurrentJobs { get; init; } = 4;
}

/// <summary>What is shown of a run.</summary>
public sealed record OutputConfig
{
    public ThinkingMode ThinkingMode { get; init; }

    /// <summary>Characters.</summary>
    public int MaxThinkingChars { get; init; } = 4000;
}

/// <summary>When a model's thinking is shown.</summary>
public enum ThinkingMode
{
    Never,
    OnError,
    Always,
}

/// <summary>How long finished runs are kept.</summary>
public sealed record RunsConfig
{
    /// <summary>Bundles kept for each agent, the newest; null keeps all.</summary>
    public int? Keep { get; init; }
}

/// <summary>Where the audit's head is written down a second time.</summary>
public sealed record AuditConfig
{
    /// <summary><c>auto</c>, <c>none</c>, <c>journald</c>, <c>file:/…</c> or <c>command:/…</c>.</summary>
    public string Anchor { get; init; } = "auto";
}

/// <summary>Where the secret store and its key are. Relative paths start at the instance's root.</summary>
public sealed record SecretsConfig
{
    public string StoreFile { get; init; } = ".openclawssy/secrets.enc";
    public string MasterKeyFile { get; init; } = ".openclawssy/master.key";
}

/// <summary>Settings of a feature this version does not have. They are read so that a file of the earlier program is understood.</summary>
public sealed record MemoryConfig
{
    public bool Enabled { get; init; }
    public int MaxWorkingItems { get; init; } = 200;
    public int MaxPromptTokens { get; init; } = 1200;
    public bool AutoCheckpoint { get; init; }

    /// <summary>True as in the earlier program: it does nothing while <see cref="Enabled"/> is false.</summary>
    public bool ProactiveEnabled { get; init; } = true;

    public bool EmbeddingsEnabled { get; init; }
    public string EmbeddingProvider { get; init; } = "openrouter";
    public string EmbeddingModel { get; init; } = "text-embedding-3-small";
    public int EventBufferSize { get; init; } = 256;
}
