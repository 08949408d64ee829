namespace Openclawssy.Runtime.Models;

/// <summary>Where a JSON object or array stands after a character.</summary>
enum JsonProgress
{
    Open,
    Complete,
    Broken,
}

/// <summary>
/// Follows one JSON object or array character by character, to know where it ends and, at once, that a text is none. Knows strings, so that what
/// is in them counts for nothing. Takes a comma before a closing bracket; numbers are checked by whoever reads the whole.
/// </summary>
sealed class JsonExtent
{
    /// <summary>Deepest nesting, the JSON reader's own.</summary>
    const int MaxDepth = 64;

    const string Key = "tool_name";

    enum Next { Value, ValueOrEnd, KeyOrEnd, Colon, CommaOrEnd, Text, Escape, Hex, Word, Number }

    Next next = Next.Value;
    ulong objects;
    bool isKey;
    bool rootIsObject;
    int keyMatched;
    int hexLeft;
    string word = "";
    int wordAt;
    int read;

    public int Depth { get; private set; }

    /// <summary>True between the quotes of a string.</summary>
    public bool InString => next is Next.Text or Next.Escape or Next.Hex;

    /// <summary>Where the inside of the last token begins, if that token is a string, counted from the first bracket; else -1.</summary>
    public int LastString { get; private set; } = -1;

    /// <summary>True once the object, or an object directly in the array, has the key <c>tool_name</c>.</summary>
    public bool NamesTool { get; private set; }

    /// <summary>Reads one more character. A character that breaks the value is not part of it.</summary>
    public JsonProgress Read(char c)
    {
        var progress = Step(c);
        if (progress != JsonProgress.Broken) read++;
        return progress;
    }

    JsonProgress Step(char c)
    {
        switch (next)
        {
            case Next.Text: return InText(c);
            case Next.Escape:
                if (!"\"\\/bfnrtu".Contains(c, StringComparison.Ordinal)) return JsonProgress.Broken;
                (next, hexLeft) = c == 'u' ? (Next.Hex, 4) : (Next.Text, 0);
                return JsonProgress.Open;
            case Next.Hex:
                if (!char.IsAsciiHexDigit(c)) return JsonProgress.Broken;
                if (--hexLeft == 0) next = Next.Text;
                return JsonProgress.Open;
            case Next.Word:
                if (c != word[wordAt]) return JsonProgress.Broken;
                if (++wordAt == word.Length) next = Next.CommaOrEnd;
                return JsonProgress.Open;
            case Next.Number when char.IsAsciiDigit(c) || c is '.' or 'e' or 'E' or '+' or '-': return JsonProgress.Open;
            case Next.Number:
                next = Next.CommaOrEnd;
                break;
        }
        return c is ' ' or '\t' or '\r' or '\n' ? JsonProgress.Open : Structure(c);
    }

    JsonProgress InText(char c)
    {
        if (c < ' ') return JsonProgress.Broken;
        if (c == '\\')
        {
            next = Next.Escape;
            keyMatched = -1;
        }
        else if (c == '"') next = isKey ? Next.Colon : Next.CommaOrEnd;
        else keyMatched = keyMatched >= 0 && keyMatched < Key.Length && Key[keyMatched] == c ? keyMatched + 1 : -1;
        return JsonProgress.Open;
    }

    JsonProgress Structure(char c)
    {
        switch (next)
        {
            case Next.Colon when c == ':':
                if (keyMatched == Key.Length && Depth == (rootIsObject ? 1 : 2)) NamesTool = true;
                next = Next.Value;
                break;
            case Next.CommaOrEnd when c == ',': next = InObject ? Next.KeyOrEnd : Next.ValueOrEnd; break;
            case Next.CommaOrEnd or Next.KeyOrEnd when c == '}' && InObject: return Close();
            case Next.CommaOrEnd or Next.ValueOrEnd when c == ']' && !InObject: return Close();
            case Next.KeyOrEnd when c == '"': return Open(isKey: true);
            case Next.Value or Next.ValueOrEnd: return Begin(c);
            default: return JsonProgress.Broken;
        }
        LastString = -1;
        return JsonProgress.Open;
    }

    JsonProgress Begin(char c)
    {
        switch (c)
        {
            case '"': return Open(isKey: false);
            case '{' or '[':
                if (Depth == MaxDepth) return JsonProgress.Broken;
                if (Depth == 0) rootIsObject = c == '{';
                objects = (objects << 1) | (c == '{' ? 1UL : 0);
                Depth++;
                next = c == '{' ? Next.KeyOrEnd : Next.ValueOrEnd;
                break;
            case 't' or 'f' or 'n':
                (word, wordAt, next) = (c == 't' ? "true" : c == 'f' ? "false" : "null", 1, Next.Word);
                break;
            case '-' or (>= '0' and <= '9'): next = Next.Number; break;
            default: return JsonProgress.Broken;
        }
        LastString = -1;
        return JsonProgress.Open;
    }

    JsonProgress Open(bool isKey)
    {
        (this.isKey, keyMatched, next) = (isKey, 0, Next.Text);
        LastString = read + 1;
        return JsonProgress.Open;
    }

    JsonProgress Close()
    {
        objects >>= 1;
        next = Next.CommaOrEnd;
        LastString = -1;
        return --Depth == 0 ? JsonProgress.Complete : JsonProgress.Open;
    }

    bool InObject => (objects & 1) == 1;
}
