using CsCheck;
using Openclawssy.Launcher;
using Xunit;

namespace Openclawssy.Tests.Sandboxes;

/// <summary>The form both programs are compiled with.</summary>
public sealed class LaunchFormTests
{
    static readonly Gen<string> Word = Gen.String[Gen.Char['\u0001', '\ud7ff'], 0, 20];
    static readonly Gen<string> Name = Gen.String[Gen.Char['a', 'z'], 1, 10];

    static readonly Gen<LaunchRequest> Request =
        from strong in Gen.Bool
        let tier = strong ? LaunchTier.Bubblewrap : LaunchTier.Landlock
        from arguments in Word.List[1, 5]
        from environment in Word.List[0, 3]
        from names in Name.List[0, 4]
        from numbers in Gen.Long[0, long.MaxValue].Array[LaunchLimits.Count]
        from input in Gen.Byte.Array[0, 50]
        from person in Gen.Int[0, 70000]
        select new LaunchRequest
        {
            Tier = tier,
            Program = "/usr/bin/x",
            Arguments = arguments,
            Environment = environment,
            Workspace = "/w",
            Folder = string.Join('/', names),
            Temporary = "/tmp",
            ReadOnly = [.. names.Select(name => $"/{name}")],
            Held = names,
            Masked = names,
            Bubblewrap = tier == LaunchTier.Bubblewrap ? "/usr/bin/bwrap" : "",
            User = person,
            Group = person,
            Limits = LaunchLimits.Of(numbers),
            Input = input,
            Door = strong && names.Count > 0 ? $"/{names[0]}" : "",
        };

    [Fact]
    public void What_was_written_is_read_back() => Request.Sample(request => LaunchForm.Write(LaunchForm.Read(LaunchForm.Write(request))).AsSpan().SequenceEqual(LaunchForm.Write(request)));

    [Fact]
    public void A_damaged_request_is_refused_or_still_a_request_but_never_anything_else() =>
        Gen.Select(Request, Gen.Int[0, 100_000], Gen.Byte, Gen.Int[-3, 3]).Sample((request, at, value, cut) =>
        {
            var bytes = LaunchForm.Write(request);
            bytes[at % bytes.Length] = value;
            if (cut < 0) bytes = bytes[..Math.Max(0, bytes.Length + cut)];
            if (cut > 0) bytes = [.. bytes, .. new byte[cut]];
            try { LaunchForm.Read(bytes); }
            catch (FormatException) { }
        });

    [Theory]
    [InlineData("../x")]
    [InlineData("a/../../x")]
    [InlineData("/etc")]
    public void A_folder_that_leaves_the_workspace_is_refused(string folder) =>
        Assert.Throws<FormatException>(() => LaunchForm.Read(LaunchForm.Write(Plain with { Folder = folder })));

    [Fact]
    public void Addresses_must_be_absolute()
    {
        Assert.Throws<FormatException>(() => LaunchForm.Read(LaunchForm.Write(Plain with { Program = "ls" })));
        Assert.Throws<FormatException>(() => LaunchForm.Read(LaunchForm.Write(Plain with { ReadOnly = ["usr"] })));
        Assert.Throws<FormatException>(() => LaunchForm.Read(LaunchForm.Write(Plain with { Workspace = "/a/../b" })));
        Assert.Throws<FormatException>(() => LaunchForm.Read(LaunchForm.Write(Plain with { Arguments = ["a\0b"] })));
    }

    [Fact]
    public void A_way_to_the_network_is_refused_where_the_command_has_no_network_of_its_own()
    {
        Assert.Throws<FormatException>(() => LaunchForm.Read(LaunchForm.Write(Plain with { Door = "/door" })));
        Assert.Equal("/door", LaunchForm.Read(LaunchForm.Write(Plain with { Door = "/door", Tier = LaunchTier.Bubblewrap })).Door);
    }

    [Fact]
    public void Another_version_is_refused()
    {
        var bytes = LaunchForm.Write(Plain);
        bytes[4]++;
        Assert.Throws<FormatException>(() => LaunchForm.Read(bytes));
    }

    static LaunchRequest Plain => new() { Tier = LaunchTier.Landlock, Program = "/usr/bin/x", Arguments = ["x"], Workspace = "/w", Temporary = "/t", Limits = new(1, 1, 1, 1, 1, 1, 1) };
}
