using System.Text;
using Openclawssy.Runtime.Storage;
using Openclawssy.Runtime.Text;

namespace Openclawssy.Runtime.Records;

/// <summary>
/// The wish that a run may end, left beside its journal for the process that has it: that one looks with each event and every
/// 250 ms. It stays there, to tell who wished it.
/// </summary>
public static class CancelRequest
{
    public const string FileName = "cancel.txt";

    const int MaxBytes = 1024;

    /// <summary>Leaves a wish. The first one stays.</summary>
    /// <param name="by">Who wishes it, for people.</param>
    public static void Leave(string runFolder, string by) =>
        DurableFile.CreateNew(Path.Combine(runFolder, FileName), Encoding.UTF8.GetBytes(OneLine.Escape(by, 200) + "\n"));

    /// <summary>Who wishes the run's end; null when nobody does. A file that cannot be read is a wish too.</summary>
    public static string? Find(string runFolder)
    {
        try
        {
            return DurableFile.ReadOrNull(Path.Combine(runFolder, FileName), MaxBytes) is { } bytes ? OneLine.Escape(Encoding.UTF8.GetString(bytes).TrimEnd(), 200) : null;
        }
        catch (IOException)
        {
            return "somebody";
        }
    }
}
