using System.Text;
using Openclawssy.Runtime.Config;
using Xunit;

namespace Openclawssy.Tests.Config;

/// <summary>Short words for loading configuration text in tests.</summary>
static class Configs
{
    public static ConfigLoad Load(string text) => ConfigFile.Load(Encoding.UTF8.GetBytes(text), "config.json");

    public static OpenclawssyConfig Usable(string text)
    {
        var load = Load(text);
        Assert.Empty(load.Problems);
        return load.Require();
    }

    /// <summary>The problems of a text that must be refused, as a person reads them.</summary>
    public static string[] Problems(string text)
    {
        var load = Load(text);
        Assert.Null(load.Config);
        Assert.NotEmpty(load.Problems);
        return [.. load.Problems.Select(problem => problem.ToString())];
    }

    public static string Problem(string text) => Assert.Single(Problems(text));

    public static string[] Warnings(string text)
    {
        var load = Load(text);
        Assert.Empty(load.Problems);
        return [.. load.Warnings.Select(problem => problem.ToString())];
    }
}
