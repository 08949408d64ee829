namespace Openclawssy.Egress;

/// <summary>What a command hears instead of what it asked for.</summary>
/// <param name="status">Of HTTP.</param>
/// <param name="reason">One sentence, for whoever reads what the command prints.</param>
sealed class ProxyRefusal(int status, string reason) : Exception(reason)
{
    public int Status { get; } = status;

    public string Phrase => Status switch
    {
        400 => "Bad Request",
        403 => "Forbidden",
        405 => "Method Not Allowed",
        408 => "Request Timeout",
        411 => "Length Required",
        431 => "Request Header Fields Too Large",
        502 => "Bad Gateway",
        504 => "Gateway Timeout",
        _ => "Refused",
    };
}
