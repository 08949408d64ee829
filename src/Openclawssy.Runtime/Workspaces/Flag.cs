using System.Runtime.InteropServices;

namespace Openclawssy.Runtime.Workspaces;

/// <summary>Linux's <c>open</c> flags. Two of them have other numbers on arm64 than on x64.</summary>
static class Flag
{
    static readonly bool isArm = RuntimeInformation.ProcessArchitecture is Architecture.Arm64;

    public const int WriteOnly = 0x1;
    public const int ReadWrite = 0x2;
    public const int Create = 0x40;
    public const int Exclusive = 0x80;
    public const int NoTerminal = 0x100;
    public const int Append = 0x400;
    public const int NoWaiting = 0x800;
    public const int CloseOnExec = 0x80000;
    public const int PathOnly = 0x200000;
    public static readonly int Directory = isArm ? 0x4000 : 0x10000;
    public static readonly int NoFollow = isArm ? 0x8000 : 0x20000;
}
