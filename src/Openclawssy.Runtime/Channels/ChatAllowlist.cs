namespace Openclawssy.Runtime.Channels;

/// <summary>Whose messages are looked at. Names are compared without the blanks around them and without regard to case; there are no patterns.</summary>
public sealed class ChatAllowlist(IEnumerable<string> users, IEnumerable<string> rooms)
{
    readonly HashSet<string> users = SetOf(users), rooms = SetOf(rooms);

    /// <summary>An empty list of users lets nobody in; an empty list of rooms lets a user in everywhere.</summary>
    public bool Allows(string user, string room) => users.Contains(user.Trim()) && (rooms.Count == 0 || rooms.Contains(room.Trim()));

    /// <summary>How names are compared here, and so wherever a name must not be two.</summary>
    internal static StringComparer Names => StringComparer.OrdinalIgnoreCase;

    // A blank line in a list names nobody.
    static HashSet<string> SetOf(IEnumerable<string> names) => new(names.Select(name => name.Trim()).Where(name => name.Length > 0), Names);
}
