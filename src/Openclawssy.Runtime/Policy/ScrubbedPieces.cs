namespace Openclawssy.Runtime.Policy;

/// <summary>
/// Scrubs a text that arrives in pieces. What could be the beginning of a known value is held back until the next piece
/// decides it, so that a value cut in two is caught. One stream, one thread.
/// </summary>
public sealed class ScrubbedPieces(KnownSecrets secrets)
{
    string held = "";

    /// <summary>Takes the next piece; returns what may be shown, which may be nothing yet.</summary>
    public Redacted Push(string piece)
    {
        if (secrets.Longest == 0) return new(piece, 0);

        var text = held + piece;
        var hold = secrets.UnfinishedFrom(text);
        // A match that reaches into the undecided end waits with it: shown alone, its overlap with a longer value could be cut open.
        for (var before = -1; before != hold;)
        {
            before = hold;
            foreach (var found in secrets.Find(text))
                if (found.Start < hold && found.End > hold) { hold = found.Start; break; }
        }

        // Values that overlap themselves could be held for ever; then the whole waiting piece is given up, masked.
        if (text.Length - hold > 8 * secrets.Longest)
        {
            held = "";
            var shown = secrets.Scrub(text[..hold]);
            return new(shown.Text + "[secret]", shown.Count + 1);
        }
        held = text[hold..];
        return secrets.Scrub(text[..hold]);
    }

    /// <summary>The end of the text: what was held back and is no value after all.</summary>
    public Redacted Finish()
    {
        var rest = secrets.Scrub(held);
        held = "";
        return rest;
    }
}
