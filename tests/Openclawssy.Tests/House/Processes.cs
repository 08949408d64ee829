using Openclawssy.Tests.Storage;
using Xunit;

namespace Openclawssy.Tests.House;

/// <summary>Races between real processes: they begin when everybody is there.</summary>
static class Processes
{
    public static void Together(IEnumerable<string[]> commands)
    {
        var processes = commands.Select(command => Dummy.Start(["together", .. command])).ToList();
        foreach (var process in processes) Assert.Equal("ready", process.StandardOutput.ReadLine());
        foreach (var process in processes) process.StandardInput.WriteLine("go");
        foreach (var process in processes)
        {
            var (code, error) = Dummy.Finish(process);
            Assert.True(code == 0, error);
        }
    }
}
