namespace Openclawssy.Runtime.Models;

/// <summary>Follows brackets and strings of a text that is JSON no longer, for the place where it probably ends.</summary>
sealed class LooseExtent(int depth = 0, bool inString = false)
{
    int depth = depth;
    bool inString = inString;
    bool escaped;

    /// <returns>True when the last bracket is closed with this character.</returns>
    public bool Read(char c)
    {
        if (escaped) escaped = false;
        else if (inString)
        {
            escaped = c == '\\';
            inString = c != '"';
        }
        else if (c == '"') inString = true;
        else if (c is '{' or '[') depth++;
        else if (c is '}' or ']') return --depth == 0;
        return false;
    }
}
