using System.Reflection.Emit;
using System.Reflection.Metadata;

namespace Openclawssy.Tests.WallTests;

/// <summary>Walks the instructions of a method body and hands out the ones that name something.</summary>
static class Instructions
{
    static readonly Dictionary<int, OpCode> known = typeof(OpCodes).GetFields().Select(field => (OpCode)field.GetValue(null)!).ToDictionary(code => code.Value & 0xFFFF);

    public static IEnumerable<(ILOpCode Code, int Token)> TokensOf(BlobReader body)
    {
        var tokens = new List<(ILOpCode, int)>();
        while (body.RemainingBytes > 0)
        {
            int value = body.ReadByte();
            if (value == 0xFE) value = 0xFE00 | body.ReadByte();
            switch (known[value].OperandType)
            {
                case OperandType.InlineNone: break;
                case OperandType.ShortInlineBrTarget or OperandType.ShortInlineI or OperandType.ShortInlineVar: body.ReadByte(); break;
                case OperandType.InlineVar: body.ReadUInt16(); break;
                case OperandType.InlineBrTarget or OperandType.InlineI or OperandType.ShortInlineR or OperandType.InlineString: body.ReadInt32(); break;
                case OperandType.InlineI8 or OperandType.InlineR: body.ReadInt64(); break;
                case OperandType.InlineSwitch:
                    var targets = body.ReadInt32();
                    body.Offset += 4 * targets;
                    break;
                default: tokens.Add(((ILOpCode)value, body.ReadInt32())); break;
            }
        }
        return tokens;
    }
}
