using System.ComponentModel;
using System.Globalization;
using System.Text.Json.Serialization;
using Openclawssy.Runtime.Toolkit;

namespace Openclawssy.Tools.Time;

/// <summary>Tells the time of the clock it is handed.</summary>
public sealed class TimeNow() : Tool<TimeNow.Input, TimeNow.Output>(TimeNowJson.Default)
{
    public sealed record Input;

    public sealed record Output(
        [property: Description("UTC, to the second.")] string Rfc3339,
        [property: Description("Seconds since 1970-01-01 UTC.")] long Unix);

    public override string Name => "time.now";
    public override string Description => "Tell the current time. The answer is in UTC.";
    public override Reach Reach => Reach.Clock;

    protected override Task<Answer<Output>> RunAsync(Input input, ToolScope scope, CancellationToken cancellationToken)
    {
        var now = scope.Clock.GetUtcNow();
        var text = now.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
        return Task.FromResult(new Answer<Output>(new(text, now.ToUnixTimeSeconds()), text));
    }
}

[JsonSerializable(typeof(TimeNow.Input))]
[JsonSerializable(typeof(TimeNow.Output))]
sealed partial class TimeNowJson : JsonSerializerContext;
