using Openclawssy.Cli;
using Openclawssy.TestKit;
using Xunit;

namespace Openclawssy.Tests.Cli;

public sealed class MessageInputTests
{
    static Task<MessageInput> Read(CliHouse house, string? message = null, string? positional = null, string? file = null) =>
        MessageInput.ReadAsync(CliHouse.ContextOf(house, "ask"), message, positional, file, CancellationToken.None);

    [Fact]
    public async Task The_origin_is_told_apart_because_authority_hangs_on_it()
    {
        using var folder = new TempFolder();
        File.WriteAllText(folder["m.txt"], "\uFEFF  /tool time.now {}\n");
        Assert.Equal(new MessageInput("/tool time.now {}", MessageOrigin.Literal), await Read(new(), message: "/tool time.now {}"));
        Assert.Equal(new MessageInput("hi", MessageOrigin.Positional), await Read(new(), positional: "hi"));
        Assert.Equal(new MessageInput("/tool time.now {}", MessageOrigin.File), await Read(new(), file: folder["m.txt"]));
        Assert.Equal(new MessageInput("from a pipe", MessageOrigin.StandardInput), await Read(new CliHouse().Typing("from a pipe\n"), positional: "-"));
        Assert.Equal(new MessageInput("from a pipe", MessageOrigin.StandardInput), await Read(new CliHouse().Typing("from a pipe\n"), file: "-"));
    }

    [Fact]
    public async Task A_literal_dash_is_a_message_and_not_standard_input() =>
        Assert.Equal(new MessageInput("-", MessageOrigin.Literal), await Read(new CliHouse().Typing("no"), message: "-"));

    [Fact]
    public async Task None_several_blank_missing_huge_and_binary_are_refused()
    {
        await Refused(Read(new()));
        await Refused(Read(new(), message: "a", positional: "b"));
        await Refused(Read(new(), message: " \n"));
        await Refused(Read(new(), file: "/nowhere/at/all"));
        await Refused(Read(new(), file: "/"));
        await Refused(Read(new CliHouse { Input = new byte[MessageInput.MaxBytes + 1] }, positional: "-"));
        await Refused(Read(new CliHouse { Input = [0xff, 0xfe, 0xfd] }, positional: "-"));

        static async Task Refused(Task<MessageInput> reading) => Assert.Equal(ExitCodes.Usage, (await Assert.ThrowsAsync<CliException>(() => reading)).ExitCode);
    }
}
