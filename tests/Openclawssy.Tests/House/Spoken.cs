using Microsoft.Extensions.AI;
using Openclawssy.Runtime.Models;

namespace Openclawssy.Tests.House;

/// <summary>Everything of a content that a model could read.</summary>
static class Spoken
{
    public static string Text(AIContent content) => content switch
    {
        TextContent text => text.Text,
        FunctionCallContent call => $"{call.Name} {call.GetArgumentsText()} {call.GetExtra()}",
        FunctionResultContent result => $"{result.Result}",
        _ => "",
    };
}
