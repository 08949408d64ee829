using Openclawssy.Runtime.Models;

namespace Openclawssy.Providers;

/// <summary>What a failure means for the next model in the chain.</summary>
enum AfterFailure
{
    /// <summary>Another model is not asked.</summary>
    Stop,

    /// <summary>The next one is asked; the failed one is asked first again with the next request.</summary>
    Next,

    /// <summary>The next one is asked, and for a while the failed one only when there is no other.</summary>
    NextAndRest,
}

/// <summary>The one table of what is fallen back from. A code that is not in it stops the chain.</summary>
static class FallbackRules
{
    public static AfterFailure Of(ModelException failure) => failure.Code switch
    {
        // About the provider, not about the question: another one may well answer, and this one will not soon.
        ModelErrorCodes.NoKey or ModelErrorCodes.Unauthorized or ModelErrorCodes.NotFound or ModelErrorCodes.Misconfigured => AfterFailure.NextAndRest,
        ModelErrorCodes.RateLimited or ModelErrorCodes.Unavailable or ModelErrorCodes.Unreachable or ModelErrorCodes.CutStream => AfterFailure.NextAndRest,

        // About this question and this model: another question may pass.
        ModelErrorCodes.Refused or ModelErrorCodes.BadResponse or ModelErrorCodes.ToolsUnsupported => AfterFailure.Next,

        // The conversation is made shorter and asked again.
        ModelErrorCodes.ContextTooLong => AfterFailure.Stop,

        // What one provider's filter kept back is not taken to another one without a person.
        ModelErrorCodes.Withheld => AfterFailure.Stop,
        _ => AfterFailure.Stop,
    };
}
