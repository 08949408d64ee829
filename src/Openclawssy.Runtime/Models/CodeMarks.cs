namespace Openclawssy.Runtime.Models;

enum CodeChange
{
    None,

    /// <summary>A line ended within what looked like code in the line: the back-tick was a lone one.</summary>
    LineEndedInCode,
}

/// <summary>
/// Follows back-ticks: a run of three or more at the start of a line opens a fence, any other run code within its line, and each is closed by a run
/// that fits. Fences of other signs and indented code are not followed.
/// </summary>
sealed class CodeMarks
{
    enum Kind { None, InLine, Info, Fence, Closing }

    Kind kind;
    int opened;
    int run;
    bool runBeganLine;
    bool lineIsBlank = true;
    bool ignoring;

    /// <summary>True in code, and in what may turn out to be some.</summary>
    public bool IsOpen => kind != Kind.None;

    /// <summary>True where no line end can undo it.</summary>
    public bool IsCertain => kind is Kind.Info or Kind.Fence or Kind.Closing;

    public CodeChange Read(char c)
    {
        if (c == '`')
        {
            if (run++ == 0) runBeganLine = lineIsBlank;
            lineIsBlank = false;
            return CodeChange.None;
        }
        EndRun();
        if (c == '\n') return EndLine();
        if (c is ' ' or '\t' or '\r') return CodeChange.None;
        lineIsBlank = false;
        if (kind == Kind.Closing) kind = Kind.Fence;
        return CodeChange.None;
    }

    /// <summary>Back-ticks count for nothing until the line ends.</summary>
    public void Forget()
    {
        (kind, run, ignoring) = (Kind.None, 0, true);
        lineIsBlank = false;
    }

    /// <summary>The run of back-ticks, if there is one, goes no further.</summary>
    public void EndRun()
    {
        if (run == 0) return;
        switch (kind)
        {
            case Kind.None when !ignoring: (kind, opened) = (run >= 3 && runBeganLine ? Kind.Info : Kind.InLine, run); break;
            case Kind.InLine when run == opened: kind = Kind.None; break;
            // Back-ticks behind the opening ones: that was no fence.
            case Kind.Info: kind = run == opened ? Kind.None : Kind.InLine; break;
            case Kind.Fence when runBeganLine && run >= opened: kind = Kind.Closing; break;
            case Kind.Closing: kind = Kind.Fence; break;
        }
        run = 0;
    }

    CodeChange EndLine()
    {
        lineIsBlank = true;
        var lone = kind == Kind.InLine;
        kind = kind switch { Kind.Info => Kind.Fence, Kind.Closing or Kind.InLine => Kind.None, _ => kind };
        ignoring = false;
        return lone ? CodeChange.LineEndedInCode : CodeChange.None;
    }
}
