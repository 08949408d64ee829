namespace Openclawssy.Runtime.Config;

/// <summary>The keys of engine, scheduler, output, secrets, memory, audit and runs.</summary>
static class WorkKeys
{
    const int Day = 86_400_000;

    public static Section<EngineConfig> Engine { get; } = new Section<EngineConfig>()
        .Key("max_concurrent_runs", Kinds.Whole(1, 10_000), c => c.MaxConcurrentRuns, (c, v) => c with { MaxConcurrentRuns = v },
            "Runs of the gateway at work at the same time.", change: ChangeRight.Granted)
        .Key("max_queued_runs", Kinds.Whole(0, 10_000), c => c.MaxQueuedRuns, (c, v) => c with { MaxQueuedRuns = v },
            "Runs that may wait for a place; one more is refused with `queue.full`.")
        .Key("default_run_timeout_ms", Kinds.Whole(1000, Day, "the maximum"), c => c.DefaultRunTimeoutMs, (c, v) => c with { DefaultRunTimeoutMs = v },
            "Time limit of a run that names none.")
        .Key("max_run_timeout_ms", Kinds.Whole(1000, Day, "no cap above the default"), c => c.MaxRunTimeoutMs, (c, v) => c with { MaxRunTimeoutMs = v },
            "Longest time limit of a run. With both at 0 a run has 20 minutes.");

    public static Section<SchedulerConfig> Scheduler { get; } = new Section<SchedulerConfig>()
        .Key("catch_up", Kinds.Flag, c => c.CatchUp, (c, v) => c with { CatchUp = v }, "Starts jobs that came due while the program was down.")
        .Key("max_concurrent_jobs", Kinds.Whole(1, 1000), c => c.MaxConcurrentJobs, (c, v) => c with { MaxConcurrentJobs = v },
            "Jobs at work at the same time.", change: ChangeRight.Granted);

    public static Section<OutputConfig> Output { get; } = new Section<OutputConfig>()
        .Key("thinking_mode", Kinds.Choice(ConfigWords.ThinkingModes), c => c.ThinkingMode, (c, v) => c with { ThinkingMode = v },
            "When a model's thinking is shown.", change: ChangeRight.Granted)
        .Key("max_thinking_chars", Kinds.Whole(64, 100_000), c => c.MaxThinkingChars, (c, v) => c with { MaxThinkingChars = v },
            "How much of it is kept, in characters.", change: ChangeRight.Granted);

    public static Section<SecretsConfig> Secrets { get; } = new Section<SecretsConfig>()
        .Key("store_file", Kinds.FilePath, c => c.StoreFile, (c, v) => c with { StoreFile = v }, "The encrypted store.")
        .Key("master_key_file", Kinds.FilePath, c => c.MasterKeyFile, (c, v) => c with { MasterKeyFile = v },
            "Its key. A place outside the instance is better: whoever copies the folder then has no key.");

    // Keys of the earlier program; nothing reads them.
    public static Section<MemoryConfig> Memory { get; } = new Section<MemoryConfig>()
        .Key("enabled", Kinds.Flag, c => c.Enabled, (c, v) => c with { Enabled = v }, "Switches memory on.")
        .Key("max_working_items", Kinds.Whole(1, 100_000), c => c.MaxWorkingItems, (c, v) => c with { MaxWorkingItems = v }, "Items kept at hand.")
        .Key("max_prompt_tokens", Kinds.Whole(64, 100_000), c => c.MaxPromptTokens, (c, v) => c with { MaxPromptTokens = v }, "Tokens of a prompt memory may take.")
        .Key("auto_checkpoint", Kinds.Flag, c => c.AutoCheckpoint, (c, v) => c with { AutoCheckpoint = v }, "Distils memory on a schedule.")
        .Key("proactive_enabled", Kinds.Flag, c => c.ProactiveEnabled, (c, v) => c with { ProactiveEnabled = v }, "Lets memory speak up by itself; nothing while memory is off.")
        .Key("embeddings_enabled", Kinds.Flag, c => c.EmbeddingsEnabled, (c, v) => c with { EmbeddingsEnabled = v }, "Searches memory by meaning.")
        .Key("embedding_provider", Kinds.Provider, c => c.EmbeddingProvider, (c, v) => c with { EmbeddingProvider = v }, "Provider of embeddings.")
        .Key("embedding_model", Kinds.Name, c => c.EmbeddingModel, (c, v) => c with { EmbeddingModel = v }, "Model of embeddings.")
        .Key("event_buffer_size", Kinds.Whole(1, 10_000), c => c.EventBufferSize, (c, v) => c with { EventBufferSize = v }, "Events that may wait to be remembered.");

    public static Section<AuditConfig> Audit { get; } = new Section<AuditConfig>()
        .Key("anchor", Kinds.Anchor, c => c.Anchor, (c, v) => c with { Anchor = v },
            "Where the audit's head is written a second time, so that a cut or recomputed chain is seen; `auto` is a file in the user's state folder outside the instance.");

    public static Section<RunsConfig> Runs { get; } = new Section<RunsConfig>()
        .Key("keep", Kinds.MaybeWhole(1, 10_000_000), c => c.Keep, (c, v) => c with { Keep = v },
            "Finished runs kept for each agent, the newest; `serve` removes older ones, and their records stay in the audit. Left out, all are kept.");
}
