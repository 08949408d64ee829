namespace Openclawssy.Runtime.Workspaces;

/// <summary>The error numbers of Linux (the same on x64 and arm64) that this room tells apart.</summary>
static class Errno
{
    public const int NotPermitted = 1;
    public const int NoEntry = 2;
    public const int Interrupted = 4;
    public const int InputOutput = 5;
    public const int NoDevice = 6;
    public const int TooBig = 7;
    public const int Again = 11;
    public const int NoAccess = 13;
    public const int Busy = 16;
    public const int Exists = 17;
    public const int CrossesDevice = 18;
    public const int NotFolder = 20;
    public const int IsFolder = 21;
    public const int Invalid = 22;
    public const int TooManyOpen = 23;
    public const int TooManyOpenHere = 24;
    public const int FileTooLarge = 27;
    public const int NoSpace = 28;
    public const int ReadOnly = 30;
    public const int NameTooLong = 36;
    public const int NoSystemCall = 38;
    public const int NotEmpty = 39;
    public const int Loop = 40;
    public const int BadBytes = 84;
    public const int Quota = 122;
}
