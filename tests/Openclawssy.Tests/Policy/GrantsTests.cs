using System.Text;
using CsCheck;
using Openclawssy.Runtime.Policy;
using Openclawssy.Runtime.Text;
using Xunit;

namespace Openclawssy.Tests.Policy;

public sealed class GrantsTests
{
    static readonly AgentId A = AgentId.Parse("a");

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("""{"agents":null}""")]
    [InlineData("""{"agents":[]}""")]
    [InlineData("""{"agents":{"a":null}}""")]
    [InlineData("""{"agents":{"a":"fs.read"}}""")]
    [InlineData("""{"agents":{"a":[1]}}""")]
    [InlineData("""{"agents":{"a":[""]}}""")]
    [InlineData("""{"agents":{"a":[["fs.read"]]}}""")]
    [InlineData("""{"agents":{"a":["fs.read"],"a":[]}}""")]
    [InlineData("""{"agents":{"a":["fs.read"],"\u0061":[]}}""")]
    [InlineData("""{"agents":{},"agents":{"a":["fs.read"]}}""")]
    [InlineData("""{"Agents":{"a":["fs.read"]}}""")]
    [InlineData("""{"agents":{"a":["fs.read"]},"version":1}""")]
    [InlineData("""{"agents":{"../a":["fs.read"]}}""")]
    [InlineData("""{"agents":{"_routing":["fs.read"]}}""")]
    [InlineData("""{"agents":{"":["fs.read"]}}""")]
    [InlineData("""{"agents":{"a":["fs.read",]}}""")]
    [InlineData("""{"agents":{"a":["fs.read"]}} {}""")]
    [InlineData("""{"agents":{"a":["fs.read"]}} // all""")]
    [InlineData("""{"agents":{"a":["\ud800"]}}""")]
    [InlineData("\ufeff{\"agents\":{\"a\":[\"fs.read\"]}}")]
    public void What_is_not_exactly_the_format_grants_nothing(string json)
    {
        var grants = Grants.Parse(Encoding.UTF8.GetBytes(json));

        Assert.NotNull(grants.Problem);
        Assert.False(grants.Has(A, "fs.read"));
        Assert.Empty(grants.Agents);
    }

    [Fact]
    public void Any_bytes_are_a_problem_or_a_set_and_never_an_exception() =>
        Gen.Byte.Array[0, 60].Sample(bytes =>
        {
            var json = """{"agents":{"a":["fs.read"]}}"""u8.ToArray();
            for (var i = 0; i < bytes.Length && i < json.Length; i++) if (bytes[i] < 40) json[i] = (byte)(bytes[i] * 6);
            var grants = Grants.Parse(json);
            Assert.True(grants.Problem is null || !grants.Has(A, "fs.read"));
        });

    [Fact]
    public void It_is_written_sorted_with_two_spaces_and_read_back_the_same()
    {
        var grants = Grants.Empty.With(AgentId.Parse("b"), []).With(A, ["fs.write", "fs.read", "odd \"one\"", "fs.read"]);
        var json = grants.ToJson();

        Assert.Equal("""
            {
              "agents": {
                "a": [
                  "fs.read",
                  "fs.write",
                  "odd \u0022one\u0022"
                ],
                "b": []
              }
            }

            """, Encoding.UTF8.GetString(json));
        var read = Grants.Parse(json);
        Assert.Null(read.Problem);
        Assert.Equal(json, read.ToJson());
        Assert.Equal(["fs.read", "fs.write", "odd \"one\""], read.Of(A));
    }
}
