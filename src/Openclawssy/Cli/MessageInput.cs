using System.Text;

namespace Openclawssy.Cli;

/// <summary>How a message came in. Only <see cref="Literal"/>, on <c>run</c>, is the operator's own word for a typed <c>/tool</c>.</summary>
enum MessageOrigin { Literal, Positional, File, StandardInput }

/// <summary>The one message of <c>ask</c> and <c>run</c>, from wherever it was given.</summary>
sealed record MessageInput(string Text, MessageOrigin Origin)
{
    /// <summary>Longest message read from a file or standard input, in bytes.</summary>
    public const int MaxBytes = 1024 * 1024;

    /// <exception cref="CliException">Exit 2 when there is none, more than one, or it is blank, too long or no UTF-8.</exception>
    public static async Task<MessageInput> ReadAsync(CommandContext context, string? message, string? positional, string? file, CancellationToken cancellationToken)
    {
        if (new[] { message, positional, file }.Count(given => given is not null) > 1)
            throw CliException.Usage("the message is given more than once", "give it once: as text, with --message, or from a file");
        var (text, origin) = (message, positional, file) switch
        {
            ({ } literal, _, _) => (literal, MessageOrigin.Literal),
            (_, "-", _) or (_, _, "-") => (await FromInputAsync(context, cancellationToken), MessageOrigin.StandardInput),
            (_, { } word, _) => (word, MessageOrigin.Positional),
            (_, _, { } path) => (await FromFileAsync(context, path, cancellationToken), MessageOrigin.File),
            _ => throw CliException.Usage("there is no message", "openclawssy ask \"hello\", or see --help"),
        };
        return string.IsNullOrWhiteSpace(text) ? throw CliException.Usage("the message is empty", "say something") : new(text, origin);
    }

    static async Task<string> FromInputAsync(CommandContext context, CancellationToken cancellationToken)
    {
        if (context.Surroundings.InputIsTerminal) context.Error.WriteLine("reading the message from the terminal; end it with Ctrl-D");
        await using var input = context.Surroundings.OpenInput();
        return await DecodeAsync(input, "standard input", cancellationToken);
    }

    static async Task<string> FromFileAsync(CommandContext context, string path, CancellationToken cancellationToken)
    {
        try
        {
            await using var input = File.OpenRead(Path.GetFullPath(path, context.Surroundings.CurrentFolder));
            return await DecodeAsync(input, path, cancellationToken);
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw CliException.Usage($"the message file \"{path}\" cannot be read: {problem.Message}", "check its name and that you may read it");
        }
    }

    static async Task<string> DecodeAsync(Stream input, string name, CancellationToken cancellationToken)
    {
        var bytes = new byte[MaxBytes + 1];
        var read = await input.ReadAtLeastAsync(bytes, bytes.Length, throwOnEndOfStream: false, cancellationToken);
        if (read > MaxBytes) throw CliException.Usage($"the message in {name} is longer than {MaxBytes} bytes", "put the long part into a workspace file and name it in the message");
        try { return new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(bytes, 0, read).TrimStart('\uFEFF').Trim(); }
        catch (DecoderFallbackException) { throw CliException.Usage($"the message in {name} is not UTF-8 text", "convert it first, for example with iconv"); }
    }
}
