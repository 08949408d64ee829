namespace Openclawssy.Egress;

/// <summary>Bounds of the proxy of one command. How long all of it may take is the command's own limit.</summary>
sealed record ProxyLimits
{
    /// <summary>Connections one command may make, the refused ones counted: each costs a record on disk.</summary>
    public int Connections { get; init; } = 1000;

    /// <summary>Bytes of a request's head.</summary>
    public int HeadBytes { get; init; } = 32 * 1024;

    public int Headers { get; init; } = 100;

    /// <summary>Characters of an address.</summary>
    public int UrlChars { get; init; } = 8 * 1024;

    /// <summary>How long a command may take over a request's head, and over the first words of TLS.</summary>
    public TimeSpan Head { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>How long neither side of a connection may say anything.</summary>
    public TimeSpan Idle { get; init; } = TimeSpan.FromMinutes(5);
}
