namespace Openclawssy.Runtime.Storage;

/// <summary>
/// What tells a file from what replaced it: its number, its size, and when the kernel last changed it (a time nobody can set
/// back). Equal stamps mean the same content.
/// </summary>
public readonly record struct FileStamp(ulong Inode, long Size, long Seconds, uint Nanoseconds);
