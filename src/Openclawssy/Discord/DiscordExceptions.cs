using System.Net;

namespace Openclawssy.Discord;

/// <summary>The channel cannot work until a person changes something; says what.</summary>
sealed class DiscordStoppedException(string message) : Exception(message);

/// <summary>Discord refused one request, and would refuse it again.</summary>
/// <param name="code">Discord's own number for what is wrong, 0 where it gave none.</param>
sealed class DiscordRefusedException(HttpStatusCode status, int code, string where) : Exception($"Discord refused {where}: HTTP {(int)status}, code {code}")
{
    /// <summary>The bot may speak there and not read, so it may not refer to a message.</summary>
    public const int CannotReply = 160002;

    /// <summary>An interaction was answered before.</summary>
    public const int AlreadyAnswered = 40060;

    public HttpStatusCode Status { get; } = status;
    public int Code { get; } = code;
}

/// <summary>Discord could not be reached, or asked for more patience than there is; later it may work.</summary>
sealed class DiscordUnavailableException(string message, Exception? inner = null) : Exception(message, inner)
{
    /// <summary>It may have been on its way when the line broke, so that nobody knows whether it comes to pass, and when.</summary>
    public bool MayStillHappen => InnerException is not null;
}

/// <summary>The operator's lists do not let somebody be answered there.</summary>
sealed class DiscordNotListedException() : Exception("the lists under discord do not let that user be answered in that channel");
