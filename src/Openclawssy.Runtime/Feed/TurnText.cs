using Openclawssy.Runtime.Policy;

namespace Openclawssy.Runtime.Feed;

/// <summary>The text of one attempt of a turn: shown piece by piece, and as a whole at its end.</summary>
sealed class TurnText(int turn)
{
    // The pieces are the journal's own strings, so a thousand followers of one run hold them once.
    readonly List<string> pieces = [];
    readonly RedactedPieces shown = new();

    public int Turn { get; } = turn;

    /// <summary>Takes the next piece; returns what may be shown of the text by now.</summary>
    public string Add(string piece)
    {
        pieces.Add(piece);
        return shown.Push(piece).Text;
    }

    /// <summary>No more comes: what was held back.</summary>
    public string Finish() => shown.Finish().Text;

    public string Whole() => Redactor.Redact(string.Concat(pieces)).Text;
}
