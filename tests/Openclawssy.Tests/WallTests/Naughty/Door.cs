namespace Openclawssy.Tests.WallTests.Naughty;

/// <summary>What the checker must say about the class it stands on.</summary>
[AttributeUsage(AttributeTargets.Class | AttributeTargets.Struct | AttributeTargets.Delegate)]
sealed class DoorAttribute(string symbol) : Attribute
{
    public string Symbol { get; } = symbol;
}
