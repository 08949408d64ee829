namespace Openclawssy.Runtime.Policy;

/// <summary>
/// Redacts a text that arrives in pieces. What could still be part of a credential is held back until more of the text decides
/// it, so the shown pieces together are exactly what <see cref="Redactor"/> makes of the whole. One stream, one thread.
/// </summary>
public sealed class RedactedPieces
{
    /// <summary>Most characters that are held back. A text that stays undecided longer is masked from there on: see <see cref="IsWithheld"/>.</summary>
    public const int MaxHeld = 64 * 1024;

    string held = "";

    /// <summary>True when the rest of the text is not shown in pieces: nobody could say in bounded space that it holds no credential.</summary>
    public bool IsWithheld { get; private set; }

    /// <summary>Takes the next piece; returns what may be shown, which may be nothing yet.</summary>
    public Redacted Push(string piece)
    {
        if (IsWithheld) return new("", 0);
        var text = held + piece;
        var cut = RedactionCut.Find(text);
        held = text[cut..];
        var shown = Redactor.Redact(text[..cut]);
        if (held.Length <= MaxHeld) return shown;
        (held, IsWithheld) = ("", true);
        return new(shown.Text + Redactor.Mask, shown.Count + 1);
    }

    /// <summary>The end of the text: what was held back, redacted.</summary>
    public Redacted Finish()
    {
        var rest = Redactor.Redact(held);
        held = "";
        return rest;
    }
}
