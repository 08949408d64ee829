using CsCheck;
using Openclawssy.Runtime.Channels;
using Openclawssy.Tests.Text;
using Xunit;

namespace Openclawssy.Tests.Channels;

public sealed class ChatAllowlistTests
{
    [Theory]
    [InlineData("ann", "lobby", true)]
    [InlineData("bob", "lobby", false)]
    [InlineData("ann", "attic", false)]
    [InlineData(" ANN\t", "\nLobby ", true)]
    [InlineData("an", "lobby", false)]
    [InlineData("ann*", "lobby", false)]
    [InlineData("*", "lobby", false)]
    [InlineData("", "lobby", false)]
    [InlineData("ann", "", false)]
    public void Both_the_user_and_the_room_have_to_be_listed(string user, string room, bool allowed) =>
        Assert.Equal(allowed, new ChatAllowlist([" Ann ", "*x"], ["lobby"]).Allows(user, room));

    [Fact]
    public void An_empty_list_of_users_is_nobody_and_an_empty_list_of_rooms_is_anywhere()
    {
        Assert.False(new ChatAllowlist([], []).Allows("ann", "lobby"));
        Assert.False(new ChatAllowlist([], ["lobby"]).Allows("", "lobby"));
        Assert.False(new ChatAllowlist([" ", ""], []).Allows(" ", "lobby"));
        Assert.True(new ChatAllowlist(["ann"], []).Allows("ann", ""));
        Assert.False(new ChatAllowlist(["ann"], []).Allows("bob", "lobby"));
    }

    static readonly Gen<string> names = Pick.Of("", " ", "a", "A", "b", "ä", "Ä", "İ", "i", "I", "ı", "ß", "SS", "*", "a b", "\t", "a\0", "😀").Array[0, 3].Select(string.Concat);

    delegate bool Filter(string[] users, string[] rooms, string user, string room);

    static bool Ours(string[] users, string[] rooms, string user, string room) => new ChatAllowlist(users, rooms).Allows(user, room);

    /// <summary>The first answer of a filter that differs from the rule written down plainly; null when there is none.</summary>
    static string? FirstDifference(Filter filter)
    {
        string? found = null;
        Gen.Select(names.Array[0, 3], names.Array[0, 3], names, names).Sample((users, rooms, user, room) =>
        {
            static bool Same(string one, string two) => string.Equals(one.Trim(), two.Trim(), StringComparison.OrdinalIgnoreCase);
            var rule = user.Trim() != "" && users.Any(listed => Same(listed, user)) && (rooms.All(listed => listed.Trim() == "") || room.Trim() != "" && rooms.Any(listed => Same(listed, room)));
            if (filter(users, rooms, user, room) != rule) found = $"[{string.Join('|', users)}] [{string.Join('|', rooms)}] {user} in {room}";
        }, iter: 20_000, threads: 1);
        return found;
    }

    [Fact]
    public void The_list_is_the_rule() => Assert.Null(FirstDifference(Ours));

    // The controls: an empty list that lets everybody in, names as prefixes, and blanks that name somebody.
    [Fact]
    public void Looser_lists_are_caught()
    {
        Assert.NotNull(FirstDifference((users, rooms, user, room) => users.Length == 0 || Ours(users, rooms, user, room)));
        Assert.NotNull(FirstDifference((users, rooms, user, room) => users.Any(listed => user.StartsWith(listed, StringComparison.OrdinalIgnoreCase)) && Ours([user], rooms, user, room)));
        Assert.NotNull(FirstDifference((users, rooms, user, room) => users.Contains(user, StringComparer.OrdinalIgnoreCase) && (rooms.Length == 0 || rooms.Contains(room))));
    }
}
