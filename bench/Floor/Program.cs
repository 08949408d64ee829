using System.Runtime.InteropServices;

// Without arguments: the least a native program costs here; bench/ prints it beside the real figures.
// With arguments: runs that program and prints its peak resident memory in KiB. A small parent is needed for that, because the
// kernel counts the memory of whoever started a program as the program's own.
return args.Length == 0 ? 0 : Peak.Of(args);

static unsafe partial class Peak
{
    public static int Of(string[] command)
    {
        var arguments = stackalloc byte*[command.Length + 1];
        for (var i = 0; i < command.Length; i++) arguments[i] = (byte*)Marshal.StringToCoTaskMemUTF8(command[i]);
        arguments[command.Length] = null;
        var process = 0;
        var error = posix_spawn(&process, arguments[0], null, null, arguments, Variables());
        if (error != 0) return error;
        var status = 0;
        var usage = stackalloc long[18];
        if (wait4(process, &status, 0, usage) < 0) return 1;
        Console.Error.WriteLine($"peak-kib: {usage[4]}");
        return (status >> 8) & 0xff;
    }

    static byte** Variables()
    {
        var set = Environment.GetEnvironmentVariables();
        var list = (byte**)NativeMemory.Alloc((nuint)(set.Count + 1), (nuint)sizeof(byte*));
        var i = 0;
        foreach (System.Collections.DictionaryEntry variable in set) list[i++] = (byte*)Marshal.StringToCoTaskMemUTF8($"{variable.Key}={variable.Value}");
        list[i] = null;
        return list;
    }

    [LibraryImport("libc")]
    private static partial int posix_spawn(int* process, byte* path, void* actions, void* attributes, byte** arguments, byte** variables);

    [LibraryImport("libc")]
    private static partial int wait4(int process, int* status, int options, long* usage);
}
