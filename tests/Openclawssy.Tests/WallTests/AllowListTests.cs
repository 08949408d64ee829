using Xunit;

namespace Openclawssy.Tests.WallTests;

public sealed class AllowListTests
{
    readonly AllowList list = new(["A.B.*", "- A.B.Bad", "A.B.Bad::Good", "A.C.Type", "- A.C.Type::Door", "A.C.Type::Door(System.Int32)", "A.D.Big::Piece"]);

    [Theory]
    [InlineData("A.B.Any", true)]
    [InlineData("A.B.Any::Member(X)", true)]
    [InlineData("A.B.Bad::Other()", false)]
    [InlineData("A.B.Bad::Good()", true)]
    [InlineData("A.B.Inner.Any", false)]
    [InlineData("A.C.Type::Door()", false)]
    [InlineData("A.C.Type::Door(System.Int32)", true)]
    [InlineData("A.C.Type/Nested::Member()", true)]
    [InlineData("A.D.Big", true)]
    [InlineData("A.D.Big::Piece(X)", true)]
    [InlineData("A.D.Big::Rest()", false)]
    [InlineData("E.Unheard", false)]
    public void The_most_exact_line_decides(string symbol, bool allowed) => Assert.Equal(allowed, list.Allows(symbol));

    [Fact]
    public void A_later_list_stands_above_an_earlier_one()
    {
        Assert.True(new AllowList(["- A.B::C"], ["A.B::C"]).Allows("A.B::C()"));
        Assert.False(new AllowList(["A.B::C"], ["- A.B::C"]).Allows("A.B::C()"));
    }
}
