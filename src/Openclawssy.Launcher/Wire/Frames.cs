namespace Openclawssy.Launcher;

/// <summary>The form of the answer: frames of one kind byte, four bytes of length (little endian) and the content. The last frame is the report, one JSON object.</summary>
static class Frames
{
    public const byte Output = 1, Errors = 2, End = 3;

    /// <summary>Bytes before the content.</summary>
    public const int Head = 5;
}
