using CsCheck;

namespace Openclawssy.Tests.Text;

/// <summary>Chooses among written-out values.</summary>
static class Pick
{
    public static Gen<T> Of<T>(params T[] values) => Gen.Int[0, values.Length - 1].Select(index => values[index]);
}
