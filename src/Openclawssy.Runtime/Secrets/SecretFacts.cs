using Openclawssy.Runtime.Storage;
using Openclawssy.Runtime.Text;

namespace Openclawssy.Runtime.Secrets;

/// <summary>What may be said of a secret to anybody: everything but its value.</summary>
/// <param name="Version">1 with the first value, one more with each new one.</param>
/// <param name="CreatedAt">When this version was set.</param>
/// <param name="Binding">Null means that it is sent nowhere.</param>
public sealed record SecretFacts(SecretName Name, int Version, DateTimeOffset CreatedAt, SecretBinding? Binding);

/// <summary>A change of the store: told once before it happens, and once more, with <paramref name="Written"/>, when it is on disk.</summary>
/// <param name="Action"><c>set</c>, <c>remove</c>, <c>bind</c> or <c>rekey</c>.</param>
/// <param name="Name">Null for a rekeying.</param>
/// <param name="Generation">The store's generation once it has happened.</param>
/// <param name="Binding">The binding the secret will have.</param>
/// <param name="HeadKeys">What the audit's heads carry a MAC of meanwhile: before a rekeying the old key and the new one, so that a kill at any moment leaves a head the store's key vouches for.</param>
/// <param name="Written">What the file is now; null before it is written.</param>
public sealed record SecretChange(string Action, SecretName? Name, long Generation, SecretBinding? Binding, HeadKeys HeadKeys, StoreMark? Written = null);
