using System.Text;

namespace Openclawssy.Cli;

/// <summary>Rows of plain text in aligned columns, two spaces apart; the last column runs free.</summary>
static class Table
{
    public static void Write(TextWriter output, IReadOnlyList<IReadOnlyList<string>> rows, string indent = "")
    {
        var widths = new List<int>();
        foreach (var row in rows)
            for (var i = 0; i < row.Count; i++)
            {
                if (i == widths.Count) widths.Add(0);
                widths[i] = Math.Max(widths[i], TerminalText.Line(row[i]).Length);
            }

        var text = new StringBuilder();
        foreach (var row in rows)
        {
            var start = text.Length;
            text.Append(indent);
            for (var i = 0; i < row.Count; i++)
            {
                var cell = TerminalText.Line(row[i]);
                text.Append(i == row.Count - 1 ? cell : cell.PadRight(widths[i] + 2));
            }
            while (text.Length > start && text[^1] == ' ') text.Length--;
            text.Append('\n');
        }
        output.Write(text.ToString());
    }
}
