namespace Openclawssy.Runtime.Prompts;

/// <summary>The part of the prompt about calling tools. It names only tools that are really offered.</summary>
static class ToolAdvice
{
    public static string Text(IReadOnlyList<string> tools) => tools.Count == 0
        ? "You have no tools in this conversation. Answer from what is written here, and do not claim to have read, run or changed anything.\n"
        : $"Tools you can call: {string.Join(", ", tools)}\n" + Spelling(tools) + Advice;

    // The wire cannot carry dots in names, so a model may see hyphens; both are the same tool.
    static string Spelling(IReadOnlyList<string> tools) => tools.FirstOrDefault(tool => tool.Contains('.')) is { } tool
        ? $"- A name shown to you with hyphens ({tool.Replace('.', '-')}) is the same tool as with dots ({tool}).\n"
        : "";

    const string Advice = """
        - Do not invent tool names. If none of these fits, say what is missing.
        - When the task needs several steps, chain tool calls until the task is complete. Continue without asking permission for what you are already allowed to do.
        - Call a tool when you say you will; an announcement alone changes nothing.
        - Make no claim about a file, a command or a result before you have seen it.
        - Do not repeat an identical call that failed. Change the input according to the error, or stop and report.
        - When something fails, quote the exact error code and message, then what you will do about it.
        - Stop as soon as the evidence suffices. Keep progress notes to one short sentence, and the final answer short.

        """;
}
