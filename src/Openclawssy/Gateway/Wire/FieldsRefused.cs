namespace Openclawssy.Gateway.Wire;

/// <summary>Single fields of a body are refused, each with its own sentence.</summary>
sealed class FieldsRefused(string code, string message, IReadOnlyList<FieldFault> fields, int status = 400) : Exception(message)
{
    public RequestRefused Whole { get; } = new(status, code, message);
    public IReadOnlyList<FieldFault> Fields { get; } = fields;
}
