using System.Buffers.Binary;
using System.Text;

namespace Openclawssy.Launcher;

/// <summary>The fields of one request, each asked for by tag and refused when it is not what it must be.</summary>
readonly ref struct LaunchReading(ReadOnlySpan<byte> bytes, List<(byte Tag, Range Value)> fields)
{
    readonly ReadOnlySpan<byte> bytes = bytes;

    static readonly UTF8Encoding strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    public LaunchTier Tier(byte tag) => One(tag) switch
    {
        [(byte)LaunchTier.Landlock] => LaunchTier.Landlock,
        [(byte)LaunchTier.Bubblewrap] => LaunchTier.Bubblewrap,
        _ => throw new FormatException("an unknown tier"),
    };

    public byte[] Bytes(byte tag) => One(tag).ToArray();

    public long[] Numbers(byte tag, int count)
    {
        var value = One(tag);
        if (value.Length != 8 * count) throw new FormatException("a number is missing");
        var numbers = new long[count];
        for (var i = 0; i < count; i++)
            if ((numbers[i] = BinaryPrimitives.ReadInt64LittleEndian(value[(8 * i)..])) < 0) throw new FormatException("a number is negative");
        return numbers;
    }

    public string Address(byte tag, bool mayBeEmpty)
    {
        var text = Text(One(tag));
        return (text.Length == 0 && mayBeEmpty) || IsAddress(text) ? text : throw new FormatException("an address is not absolute");
    }

    public string Below(byte tag) => DemandBelow(Text(One(tag)));

    public List<string> Texts(byte tag, int least)
    {
        var texts = new List<string>();
        foreach (var (name, value) in fields)
            if (name == tag) texts.Add(Text(bytes[value]));
        return texts.Count >= least ? texts : throw new FormatException("a field is missing");
    }

    public List<string> Addresses(byte tag)
    {
        var texts = Texts(tag, least: 0);
        return texts.TrueForAll(IsAddress) ? texts : throw new FormatException("an address is not absolute");
    }

    public List<string> ManyBelow(byte tag)
    {
        var texts = Texts(tag, least: 0);
        foreach (var text in texts)
            if (DemandBelow(text).Length == 0) throw new FormatException("a name is empty");
        return texts;
    }

    ReadOnlySpan<byte> One(byte tag)
    {
        var found = -1;
        for (var i = 0; i < fields.Count; i++)
            if (fields[i].Tag == tag) found = found < 0 ? i : throw new FormatException("a field is given twice");
        return found >= 0 ? bytes[fields[found].Value] : throw new FormatException("a field is missing");
    }

    static bool IsAddress(string text) => text.Length > 0 && text[0] == '/' && text.Length < 4096 && Array.IndexOf(text.Split('/'), "..") < 0;

    static string DemandBelow(string text)
    {
        if (text.Length >= 4096) throw new FormatException("a name is too long");
        if (text.Length > 0 && (text[0] == '/' || Array.IndexOf(text.Split('/'), "..") >= 0)) throw new FormatException("a name leaves the workspace");
        return text;
    }

    static string Text(ReadOnlySpan<byte> value)
    {
        if (value.Contains((byte)0)) throw new FormatException("a text holds NUL");
        try { return strict.GetString(value); }
        catch (ArgumentException) { throw new FormatException("a text is not UTF-8"); }
    }
}
