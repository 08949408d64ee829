using System.Runtime.CompilerServices;
using System.Text;
using Openclawssy.Runtime.Text;
using Openclawssy.Runtime.Toolkit;
using Openclawssy.Runtime.Workspaces;

// A process that changes a workspace until it is killed ("storm", or the naive rival "naive"), or once ("write"), for the tests
// that kill it or break its disk.
var (mode, root, state) = (args[0], args[1], args[2]);
Workspace workspace;
try { workspace = Workspace.Open(root, state, new([], RequireKernelContainment: true)); }
catch (WorkspaceException refusal)
{
    Console.WriteLine(refusal.Message);
    return;
}
var edits = workspace.EditsFor(NewPermit(AgentId.Parse("default"), RunId.Parse("run_1_a"), "call", "fs.write", Reach.WritesFiles));

if (mode == "write")
{
    try
    {
        edits.Write(WorkspacePath.Parse("file"), "new"u8.ToArray(), CancellationToken.None);
        Console.WriteLine("written");
    }
    catch (ToolException refusal) { Console.WriteLine($"{refusal.Code}: {refusal.Message}"); }
    return;
}

Action<int>[] writers =
[
    turn => edits.Write(WorkspacePath.Parse("write"), Content('w', turn), CancellationToken.None),
    turn => edits.Append(WorkspacePath.Parse("append"), Encoding.ASCII.GetBytes(new string((char)('a' + turn % 26), 4095) + "\n"), CancellationToken.None),
    turn => edits.Rewrite(WorkspacePath.Parse("rewrite"), 1 << 20, _ => Content('r', turn), CancellationToken.None),
    turn => edits.Move(WorkspacePath.Parse(turn % 2 == 0 ? "here/file" : "there/file"), WorkspacePath.Parse(turn % 2 == 0 ? "there/file" : "here/file"), true, CancellationToken.None),
    turn => Tree(turn),
];
if (mode == "naive")
    writers = [turn => File.WriteAllBytes(Path.Combine(root, "write"), Content('w', turn)), turn => File.WriteAllBytes(Path.Combine(root, "rewrite"), Content('r', turn))];
foreach (var writer in writers)
    new Thread(() => { for (var turn = 0; ; turn++) writer(turn); }) { IsBackground = true }.Start();
Console.WriteLine("ready");
Thread.Sleep(Timeout.Infinite);

// Every version differs in length and letter, so that a mixture of two is seen.
static byte[] Content(char kind, int turn) => Encoding.ASCII.GetBytes($"{kind}{new string((char)('a' + turn % 26), 20_000 + turn % 26 * 1000)}.");

void Tree(int turn)
{
    for (var i = 0; i < 3; i++)
    {
        Directory.CreateDirectory(Path.Combine(root, "tree", "below"));
        File.WriteAllText(Path.Combine(root, "tree", "below", $"{turn}-{i}"), "x");
    }
    edits.Delete(WorkspacePath.Parse("tree"), recursive: true, CancellationToken.None);
}

[UnsafeAccessor(UnsafeAccessorKind.Constructor)]
static extern Permit NewPermit(AgentId agent, RunId run, string callId, string tool, Reach reach);
