using Microsoft.Extensions.Time.Testing;
using Openclawssy.TestKit;
using Openclawssy.Tools.Time;
using Xunit;

namespace Openclawssy.Tests.Tools.Time;

public sealed class TimeNowTests
{
    [Fact]
    public async Task The_time_is_that_of_the_clock_in_the_scope()
    {
        var clock = new FakeTimeProvider(new(2026, 11, 22, 18, 5, 9, 750, TimeSpan.FromHours(2)));
        var result = await new FakeWorkspace().CallAsync(new TimeNow(), "{}", clock);
        Assert.Equal("""{"rfc3339":"2026-11-22T16:05:09Z","unix":1795363509}""", result.OutputJson);
        Assert.Equal("2026-11-22T16:05:09Z", result.Summary);
    }
}
