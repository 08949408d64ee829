namespace Openclawssy.Launcher;

/// <summary>The three pipes between the supervisor and the command: output, errors, and the status of the last stage.</summary>
sealed unsafe class Pipes
{
    public Pipes()
    {
        (Output, OutputEnd) = Make();
        (Errors, ErrorEnd) = Make();
        (Status, StatusEnd) = Make();
    }

    public int Output { get; }
    public int OutputEnd { get; }
    public int Errors { get; }
    public int ErrorEnd { get; }
    public int Status { get; }
    public int StatusEnd { get; }

    /// <summary>After the start the writing ends belong to the command alone, so that their end is its end.</summary>
    public void CloseOtherEnds()
    {
        foreach (var end in new[] { OutputEnd, ErrorEnd, StatusEnd }) Libc.close(end);
    }

    static (int Read, int Write) Make()
    {
        var pair = stackalloc int[2];
        if (Libc.pipe2(pair, Libc.CloseOnExec) != 0) throw new StageException("pipe", Libc.LastError);
        return (Spawn.Aside(pair[0]), Spawn.Aside(pair[1]));
    }
}
