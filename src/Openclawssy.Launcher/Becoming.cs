using System.Globalization;

namespace Openclawssy.Launcher;

/// <summary>Root's way to bubblewrap as another user: gives root up for good, then becomes the program named.</summary>
static unsafe class Becoming
{
    public static int Run(string user, string group, string[] command)
    {
        try
        {
            Privileges.Become(long.Parse(user, CultureInfo.InvariantCulture), long.Parse(group, CultureInfo.InvariantCulture));
            Libc.execve(Libc.Text(command[0]), Libc.Texts(command), Libc.Texts([]));
            return 126;
        }
        catch (StageException) { return 126; }
    }
}
