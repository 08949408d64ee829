namespace Openclawssy.Runtime.Models;

/// <summary>Text that has arrived and is not decided yet: it grows at the end and is taken from the front, in linear time over all.</summary>
sealed class HeldText
{
    char[] chars = [];
    int start;

    public int Length { get; private set; }

    public char this[int at] => chars[start + at];

    public ReadOnlySpan<char> Span => chars.AsSpan(start, Length);

    public void Append(ReadOnlySpan<char> piece)
    {
        var needed = Length + piece.Length;
        if (start + needed > chars.Length)
        {
            var target = needed * 2 > chars.Length ? new char[Math.Max(256, needed * 2)] : chars;
            Span.CopyTo(target);
            (chars, start) = (target, 0);
        }
        piece.CopyTo(chars.AsSpan(start + Length));
        Length = needed;
    }

    public string Take(int count)
    {
        var text = count == 0 ? "" : new string(chars, start, count);
        Drop(count);
        return text;
    }

    public void Drop(int count)
    {
        start += count;
        Length -= count;
    }
}
