using System.Text;
using Microsoft.Extensions.AI;
using Openclawssy.Runtime.Models;

namespace Openclawssy.Runtime.Context;

/// <summary>
/// How many tokens a text is likely to be. No tokenizer fits every model, so this counts bytes and errs on the high side for
/// prose; what a server really counted corrects it (<see cref="ContextBudget"/>).
/// </summary>
static class TokenEstimate
{
    /// <summary>Bytes of UTF-8 a token stands for. English prose has about 4.5, code about 3.5, most other scripts fewer.</summary>
    const double BytesPerToken = 3.5;

    /// <summary>What a message costs besides its text: role and separators.</summary>
    const int PerMessage = 4;

    /// <summary>What a call costs besides its name and arguments: id, type and the punctuation of JSON.</summary>
    const int PerCall = 12;

    /// <summary>What the message of a tool result costs besides its text.</summary>
    public const long OfResultAround = PerMessage + PerCall;

    public static long Of(string text) => (long)Math.Ceiling(Encoding.UTF8.GetByteCount(text) / BytesPerToken);

    /// <summary>About how many characters of this text are that many tokens, with room for the words around a cut.</summary>
    public static int CharsFor(string text, long tokens)
    {
        const int words = 160;
        if (text.Length == 0) return 0;
        var bytesPerChar = (double)Encoding.UTF8.GetByteCount(text) / text.Length;
        return (int)Math.Clamp(tokens * BytesPerToken / bytesPerChar - words, 0, text.Length);
    }

    public static long Of(ChatMessage message)
    {
        long tokens = PerMessage + Of(message.GetExtra() ?? "");
        foreach (var content in message.Contents)
            tokens += content switch
            {
                TextContent text => Of(text.Text),
                FunctionCallContent call => PerCall + Of(call.Name) + Of(call.GetArgumentsText() ?? "") + Of(call.GetExtra() ?? ""),
                FunctionResultContent result => PerCall + Of(result.Result as string ?? ""),
                _ => 0,
            };
        return tokens;
    }
}
