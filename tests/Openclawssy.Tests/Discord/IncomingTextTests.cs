using Openclawssy.Discord;
using Openclawssy.Runtime.Config;
using Xunit;

namespace Openclawssy.Tests.Discord;

public sealed class IncomingTextTests
{
    [Theory]
    [InlineData("!ask hello", "hello")]
    [InlineData("  !ask\nhello\n", "hello")]
    [InlineData("!ask: hello", ": hello")]
    [InlineData("!ask /new", "/new")]
    [InlineData("!asking hello", null)]
    [InlineData("!Ask hello", null)]
    [InlineData("hello !ask", null)]
    [InlineData("<@7> hello", "hello")]
    [InlineData("<@!7> hello", "hello")]
    [InlineData("<@7> !ask hello", "hello")]
    [InlineData("hello <@7>", "hello")]
    [InlineData("<@8> hello", null)]
    [InlineData("<@77> hello", null)]
    [InlineData("/new", "/new")]
    [InlineData("/newer", null)]
    [InlineData("/tool time.now {}", "/tool time.now {}")]
    [InlineData("/etc/hosts", null)]
    [InlineData("/ASK hello", "hello")]
    [InlineData("/ask thinking=never hello", "hello")]
    [InlineData("", null)]
    public void In_a_server_it_is_meant_only_when_it_is_called(string content, string? text) => Assert.Equal(text, IncomingText.Of(content, "!ask", "7", isMeant: false)?.Text);

    [Theory]
    [InlineData("hello", "hello")]
    [InlineData("!ask hello", "hello")]
    [InlineData("/etc/hosts", "/etc/hosts")]
    [InlineData("", "")]
    public void A_direct_message_and_an_answer_to_the_bot_always_are(string content, string text) => Assert.Equal(text, IncomingText.Of(content, "!ask", "7", isMeant: true)!.Value.Text);

    [Theory]
    [InlineData("?", "?hello", "hello")]
    [InlineData("hey bot,", "hey bot, hello", "hello")]
    [InlineData("ask", "ask_me", null)]
    public void The_prefix_ends_where_a_word_does(string prefix, string content, string? text) => Assert.Equal(text, IncomingText.Of(content, prefix, "7", isMeant: false)?.Text);

    [Theory]
    [InlineData("thinking=always why", "why", ThinkingMode.Always, false)]
    [InlineData("Thinking=ON_ERROR\nwhy", "why", ThinkingMode.OnError, false)]
    [InlineData("thinking=loud why", "why", null, true)]
    [InlineData("thinking=always", "", ThinkingMode.Always, true)]
    [InlineData("thinking", "thinking", null, false)]
    [InlineData("why thinking=always", "why thinking=always", null, false)]
    public void A_first_word_may_say_when_thinking_is_shown(string content, string text, ThinkingMode? mode, bool isProblem)
    {
        var read = IncomingText.Read(content);
        Assert.Equal((text, mode, isProblem), (read.Text, read.Thinking, read.Problem is not null));
    }
}
