namespace Openclawssy.Launcher;

/// <summary>The names in a folder of the kernel's file systems, where names are plain text.</summary>
static unsafe class Entries
{
    public static List<string> Of(string folder)
    {
        var names = new List<string>();
        var opened = Libc.Open(folder, Libc.Directory);
        if (opened < 0) return names;
        var buffer = new byte[32 * 1024];
        fixed (byte* records = buffer)
            while ((int)Libc.syscall(SystemCall.IsArm64 ? 61 : 217, opened, (nint)records, buffer.Length, 0, 0) is var length and > 0)
                // linux_dirent64: inode, offset, length of the record at 16, type at 18, name at 19.
                for (var at = 0; at < length; at += BitConverter.ToUInt16(buffer, at + 16))
                {
                    var name = System.Runtime.InteropServices.Marshal.PtrToStringUTF8((nint)(records + at + 19))!;
                    if (name is not ("." or "..")) names.Add(name);
                }
        Libc.close(opened);
        return names;
    }
}
