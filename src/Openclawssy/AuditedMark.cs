using System.Globalization;
using Openclawssy.Runtime.Journal;
using Openclawssy.Runtime.Secrets;
using Openclawssy.Runtime.Storage;

namespace Openclawssy;

/// <summary>How far the secret store had come as the installation's audit was told: beside the mark in the user's state folder, which a backup of both would take back.</summary>
/// <param name="within">Bytes of the audit's end that are looked through.</param>
sealed class AuditedMark(StateFolder state, long within) : IGenerationMark
{
    /// <summary>What every opening of the store looks through; <c>doctor</c> and <c>secrets</c> look through everything.</summary>
    public const long Recent = 64 * 1024, Far = 4 * 1024 * 1024, Everything = long.MaxValue;

    public string Place => "the installation's audit";

    public StoreMark? Read() => SecretsWritten.Last(state.Path, within) is { } last ? new(last.Store, last.Generation, last.Mac) : null;

    /// <summary>Nothing to do: the store's witness has recorded it.</summary>
    public void Write(StoreMark mark) { }

    /// <summary>Names, hosts and generations, never a value.</summary>
    public static void Record(InstallationAudit audit, string actor, SecretChange change)
    {
        if (change.Written is { } written)
            audit.Record(change.HeadKeys, actor, SecretsWritten.Event, ("action", change.Action), (SecretsWritten.Store, written.Store),
                (SecretsWritten.Generation, written.Generation.ToString(CultureInfo.InvariantCulture)), (SecretsWritten.Mac, written.Mac));
        else
            audit.Record(change.HeadKeys, actor, "secrets.changed", ("action", change.Action), ("secret", change.Name?.ToString()), ("binding", change.Binding?.ToString()),
                ("generation", change.Generation.ToString(CultureInfo.InvariantCulture)));
    }
}
