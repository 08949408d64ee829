using System.Reflection;
using System.Reflection.Emit;

namespace Openclawssy.Tests.House;

/// <summary>What a method calls, read from its compiled body.</summary>
static class CallsOf
{
    static readonly Dictionary<short, OpCode> codes = typeof(OpCodes).GetFields(BindingFlags.Public | BindingFlags.Static).Select(field => (OpCode)field.GetValue(null)!).ToDictionary(code => code.Value);

    /// <returns>For example <c>String.op_Equality</c>.</returns>
    public static IReadOnlyList<string> Method(MethodInfo method)
    {
        var body = method.GetMethodBody()!.GetILAsByteArray()!;
        List<string> calls = [];
        for (var i = 0; i < body.Length;)
        {
            var code = body[i] == 0xfe ? codes[(short)(0xfe00 | body[i + 1])] : codes[body[i]];
            i += code.Size;
            if (code.OperandType == OperandType.InlineMethod && method.Module.ResolveMethod(BitConverter.ToInt32(body, i)) is { } called) calls.Add($"{called.DeclaringType!.Name}.{called.Name}");
            i += code.OperandType switch
            {
                OperandType.InlineNone => 0,
                OperandType.ShortInlineBrTarget or OperandType.ShortInlineI or OperandType.ShortInlineVar => 1,
                OperandType.InlineVar => 2,
                OperandType.InlineI8 or OperandType.InlineR => 8,
                OperandType.InlineSwitch => 4 + 4 * BitConverter.ToInt32(body, i),
                _ => 4,
            };
        }
        return calls;
    }
}
