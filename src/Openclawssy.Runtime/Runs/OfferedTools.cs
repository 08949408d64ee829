using System.Text.Json;
using Microsoft.Extensions.AI;
using Openclawssy.Runtime.Context;
using Openclawssy.Runtime.Journal;
using Openclawssy.Runtime.Models;
using Openclawssy.Runtime.Toolkit;

namespace Openclawssy.Runtime.Runs;

/// <summary>The tools one run shows its model, in the forms the journal and the wire want. Built once a run.</summary>
public sealed class OfferedTools
{
    OfferedTools(ToolsOffered offered, IList<AITool>? declarations)
    {
        (Event, Declarations) = (offered, declarations);
        Tokens = offered.Tools.Sum(tool => TokenEstimate.Of(tool.Name) + TokenEstimate.Of(tool.Description) + TokenEstimate.Of(tool.Schema));
    }

    public ToolsOffered Event { get; }

    /// <summary>Null when nothing is offered: the request then has no <c>tools</c> field at all.</summary>
    public IList<AITool>? Declarations { get; }

    public string? Hash => Declarations is null ? null : Event.CatalogueHash;

    /// <summary>What telling the model about them costs, estimated in tokens.</summary>
    public long Tokens { get; }

    public static OfferedTools Of(ToolCatalog catalog) =>
        Of(new ToolsOffered(catalog.CatalogueHash, [.. catalog.All.Select(tool => new OfferedTool(tool.Name, tool.Description, catalog.SchemaOf(tool)))]));

    /// <summary>The same from a journal, for replay.</summary>
    public static OfferedTools Of(ToolsOffered offered) => new(offered, offered.Tools.Count == 0 ? null : [.. offered.Tools.Select(Declare)]);

    static ModelTool Declare(OfferedTool tool)
    {
        using var schema = JsonDocument.Parse(tool.Schema);
        return new(tool.Name, tool.Description, schema.RootElement.Clone());
    }
}
