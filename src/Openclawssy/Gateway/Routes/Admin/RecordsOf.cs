using Openclawssy.Gateway.Wire;
using Openclawssy.Runtime.Records;

namespace Openclawssy.Gateway.Routes.Admin;

/// <summary>Asks the index; one that cannot answer now is a refusal, and no list with holes.</summary>
static class RecordsOf
{
    public static async Task<T> Index<T>(Func<Task<T>> ask)
    {
        try { return await ask(); }
        catch (IndexException problem) { throw new RequestRefused(503, "runs.list_failed", problem.Message); }
    }
}
