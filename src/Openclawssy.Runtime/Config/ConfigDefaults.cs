namespace Openclawssy.Runtime.Config;

/// <summary>The file a new installation starts with.</summary>
public static class ConfigDefaults
{
    /// <summary>A short commented file: what most people change, the rest left to its defaults.</summary>
    /// <param name="workspaceRoot">Absolute path of the workspace, or null for the default below the instance's root.</param>
    public static string InitialFile(string? workspaceRoot = null) => $$"""
        {
          // Openclawssy's settings. What is not written here has its default, and every default is the careful one.
          // Comments and trailing commas are welcome. docs/specs/CONFIG.md lists every key.
          "engine": {
            // How long one run may take.
            // "default_run_timeout_ms": 1200000,
          },
          "workspace": {
            // The folder agents work in. They reach nothing outside of it.
            "root": {{ConfigSchema.Quote(workspaceRoot ?? new WorkspaceConfig().Root)}}
          },
          "model": {
            // One of {{string.Join(", ", KnownProviders.Names)}}.
            "provider": "zai",
            "name": "GLM-4.7",
            // "temperature": 0.2,
            // "max_tokens": 8000,
          },
          "providers": {
            // The key comes from the environment: ZAI_API_KEY, OPENAI_API_KEY, OPENROUTER_API_KEY …
            // Any OpenAI-compatible server, for example one on this machine:
            // "generic": { "base_url": "http://127.0.0.1:11434/v1", "api_key_env": "OPENAI_COMPAT_API_KEY" },
          },
        }

        """;
}
