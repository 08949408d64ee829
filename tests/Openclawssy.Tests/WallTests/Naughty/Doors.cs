using System.Diagnostics;
using System.IO.MemoryMappedFiles;
using System.IO.Pipes;
using System.Linq.Expressions;
using System.Net;
using System.Net.Http;
using System.Net.Sockets;
using System.Reflection;
using System.Reflection.Emit;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Loader;
using System.Security.Cryptography;
using System.Text.Json.Serialization;
using Microsoft.Win32.SafeHandles;
using Openclawssy.Runtime.Text;
using Openclawssy.Runtime.Toolkit;

// Every way out of a room we could think of, one a class. Nobody calls any of it.
namespace Openclawssy.Tests.WallTests.Naughty;

// The disk.
[Door("System.IO.File::ReadAllText")] static class ReadsAFile { static string Do() => File.ReadAllText("/etc/passwd"); }
[Door("System.IO.File::ReadAllText")] static class TakesAMethodGroup { static Func<string, string> Do() => File.ReadAllText; }
[Door("System.IO.Directory::EnumerateFiles")] static class ListsAFolder { static object Do() => Directory.EnumerateFiles("/"); }
[Door("System.IO.FileStream::.ctor")] static class OpensAStream { static object Do() => new FileStream("/x", FileMode.Open); }
[Door("System.IO.FileStream")] sealed class DerivesFromAStream : FileStream { public DerivesFromAStream(SafeFileHandle handle) : base(handle, FileAccess.Read) { } }
[Door("System.IO.StreamReader::.ctor")] static class OpensAReader { static object Do() => new StreamReader("/x"); }
[Door("System.IO.FileInfo::.ctor")] static class AsksAboutAFile { static object Do() => new FileInfo("/x").Length; }
[Door("System.IO.Path::GetFullPath")] static class AsksWhereItIs { static object Do() => Path.GetFullPath("x"); }
[Door("System.IO.Path::Exists")] static class AsksWhetherItIs { static object Do() => Path.Exists("x"); }
[Door("System.IO.RandomAccess::Read")] static class ReadsAHandle { static object Do(SafeFileHandle handle) => RandomAccess.Read(handle, new byte[1], 0); }
[Door("Microsoft.Win32.SafeHandles.SafeFileHandle::.ctor")] static class GuessesADescriptor { static object Do() => new SafeFileHandle(3, true); }
[Door("System.IO.MemoryMappedFiles.MemoryMappedFile::CreateFromFile")] static class MapsAFile { static object Do() => MemoryMappedFile.CreateFromFile("/x"); }
[Door("System.IO.FileSystemWatcher")] static class WatchesAFolder { static object Do() => new FileSystemWatcher("/"); }
[Door("System.IO.Pipes.NamedPipeClientStream")] static class OpensAPipe { static object Do() => new NamedPipeClientStream("x"); }

// The network.
[Door("System.Net.Sockets.Socket::.ctor")] static class OpensASocket { static object Do() => new Socket(SocketType.Stream, ProtocolType.Tcp); }
[Door("System.Net.Sockets.TcpClient")] sealed class KeepsAConnection { readonly TcpClient? client; KeepsAConnection(TcpClient given) => client = given; object? Do() => client; }
[Door("System.Net.Http.HttpClient::.ctor")] static class CallsTheWeb { static object Do() => new HttpClient(); }
[Door("System.Net.Dns::GetHostAddresses")] static class AsksForAName { static object Do() => Dns.GetHostAddresses("x"); }
[Door("System.Net.Sockets.SocketException")] static class OnlyCatchesIt { static void Do() { try { Nothing(); } catch (SocketException) { } } static void Nothing() { } }
[Door("System.Net.IPAddress")] static class OnlyMentionsItInASignature { static void Do(List<Dictionary<string, IPAddress[]>> addresses) { } }

// Other programs, and this one.
[Door("System.Diagnostics.Process::Start")] static class StartsAProgram { static object? Do() => Process.Start("ls"); }
[Door("System.Diagnostics.Process")] static class MentionsItAsAnArgument { static object Do() => new List<Process>(); }
[Door("System.Environment::Exit")] static class EndsTheProgram { static void Do() => Environment.Exit(1); }
[Door("System.Environment::FailFast")] static class CrashesTheProgram { static void Do() => Environment.FailFast("x"); }
[Door("System.Environment::GetEnvironmentVariable")] static class ReadsTheEnvironment { static object? Do() => Environment.GetEnvironmentVariable("HOME"); }
[Door("System.AppContext::get_BaseDirectory")] static class AsksWhereTheProgramIs { static object Do() => AppContext.BaseDirectory; }
[Door("System.AppDomain::get_CurrentDomain")] static class AsksForTheDomain { static object Do() => AppDomain.CurrentDomain; }
[Door("System.Console::WriteLine")] static class TalksToTheTerminal { static void Do() => Console.WriteLine("x"); }
[Door("System.Threading.Thread::.ctor")] static class StartsAThread { static void Do() => new Thread(() => { }).Start(); }
[Door("System.Threading.ThreadPool::QueueUserWorkItem")] static class BorrowsAThread { static void Do() => ThreadPool.QueueUserWorkItem(_ => { }); }
[Door("System.Threading.Timer::.ctor")] static class SetsATimer { static object Do() => new Timer(_ => { }, null, 1, 1); }
[Door("System.Runtime.InteropServices.PosixSignalRegistration::Create")] static class HearsSignals { static object Do() => PosixSignalRegistration.Create(PosixSignal.SIGINT, _ => { }); }

// The clock and chance.
[Door("System.DateTime::get_UtcNow")] static class LooksAtTheClock { static object Do() => DateTime.UtcNow; }
[Door("System.DateTimeOffset::get_Now")] static class LooksAtTheOtherClock { static object Do() => DateTimeOffset.Now; }
[Door("System.TimeProvider::get_System")] static class BringsItsOwnClock { static object Do() => TimeProvider.System; }
[Door("System.TimeZoneInfo::get_Local")] static class AsksWhereOnEarth { static object Do() => TimeZoneInfo.Local; }
[Door("System.Diagnostics.Stopwatch::GetTimestamp")] static class MeasuresTime { static object Do() => Stopwatch.GetTimestamp(); }
[Door("System.Threading.Tasks.Task::Delay(System.Int32)")] static class SleepsByTheWall { static object Do() => Task.Delay(5); }
[Door("System.Threading.CancellationTokenSource::.ctor(System.TimeSpan)")] static class TimesOutByTheWall { static object Do() => new CancellationTokenSource(TimeSpan.FromSeconds(1)); }
[Door("System.Guid::NewGuid")] static class MakesAnId { static object Do() => Guid.NewGuid(); }
[Door("System.Random::get_Shared")] static class RollsTheDice { static object Do() => Random.Shared.Next(); }
[Door("System.Random::.ctor()")] static class BringsItsOwnDice { static object Do() => new Random(); }
[Door("System.Security.Cryptography.RandomNumberGenerator::Fill")] static class RollsBetterDice { static void Do() => RandomNumberGenerator.Fill(new byte[1]); }

// Reflection: any door by its name.
[Door("System.Activator::CreateInstance")] static class MakesAnything { static object? Do() => Activator.CreateInstance("a", "b"); }
[Door("System.Type::GetType")] static class FindsAnything { static object? Do() => Type.GetType("System.IO.File"); }
[Door("System.Reflection.MethodBase::Invoke")] static class CallsAnything { static object? Do() => typeof(string).GetMethod("x")!.Invoke(null, null); }
[Door("System.Type::get_Assembly")] static class ClimbsToTheAssembly { static object? Do() => typeof(string).Assembly; }
[Door("System.Reflection.Assembly::Load")] static class LoadsAnAssembly { static object Do() => Assembly.Load("x"); }
[Door("System.Runtime.Loader.AssemblyLoadContext")] static class LoadsFromAFile { static object Do() => AssemblyLoadContext.Default.LoadFromAssemblyPath("/x"); }
[Door("System.Delegate::CreateDelegate")] static class BindsAMethod { static object Do() => Delegate.CreateDelegate(typeof(Action), typeof(string), "x"); }
[Door("System.Delegate::DynamicInvoke")] static class CallsAStranger { static object? Do(Delegate stranger) => stranger.DynamicInvoke(); }
[Door("System.Linq.Expressions.Expression")] static class WritesCode { static object Do() => Expression.Lambda<Func<int>>(Expression.Constant(1)).Compile(); }
[Door("System.Reflection.Emit.DynamicMethod")] static class WritesMachineCode { static object Do() => new DynamicMethod("x", null, null); }
[Door("System.Runtime.CompilerServices.CallSite")] static class AsksAtRunTime { static object Do(dynamic thing) => thing.Anything(); }
[Door("System.Runtime.CompilerServices.UnsafeAccessorAttribute")] static class PicksALock { [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "_value")] static extern ref int Do(ref DateTime time); }
[Door("System.Runtime.CompilerServices.RuntimeHelpers::GetUninitializedObject")] static class MakesAnEmptyPermit { static object Do() => RuntimeHelpers.GetUninitializedObject(typeof(Permit)); }
[Door("System.Runtime.CompilerServices.ModuleInitializerAttribute")] static class RunsBeforeAnybody { [ModuleInitializer] internal static void Do() { } }
[Door("System.IO.File")] static class NamesItInAnAttribute { [JsonConverter(typeof(File))] sealed class Inner; }
[Door("System.Diagnostics.Process")] static class NamesItDeepInAnAttribute { [JsonConverter(typeof(Dictionary<string, List<Process>>))] sealed class Inner; }
[Door("System.IO.File")] static class KeepsAHandleToIt { static RuntimeTypeHandle Do() => typeof(File).TypeHandle; }

// Below the language.
[Door("(function pointer)")] static unsafe class CallsAnAddress { static void Do(nint address) => ((delegate* unmanaged<int, void>)address)(1); }
[Door("(function pointer)")] static unsafe class CallsAManagedAddress { static int Do(nint address) => ((delegate*<int, int>)address)(1); }
[Door("(pointer)")] static unsafe class LooksAtMemory { static byte Do(byte* address) => *address; }
[Door("System.Runtime.InteropServices.Marshal::ReadInt32")] static class ReadsMemory { static object Do(nint address) => Marshal.ReadInt32(address); }
[Door("System.Runtime.InteropServices.MemoryMarshal::CreateSpan")] static class StretchesASpan { static Span<byte> Do(ref byte start) => MemoryMarshal.CreateSpan(ref start, 1 << 30); }
[Door("System.Runtime.CompilerServices.Unsafe::As")] static class LiesAboutAType { static object Do(object thing) => Unsafe.As<string>(thing); }
[Door("System.Runtime.InteropServices.NativeLibrary::Load")] static class LoadsALibrary { static object Do() => NativeLibrary.Load("libc"); }
[Door("(native method) libc::system")] static class CallsTheKernel { [DllImport("libc", EntryPoint = "system")] static extern int Do(string command); }
[Door("(native method) libc::getpid")] static partial class CallsTheKernelTheNewWay { [LibraryImport("libc", EntryPoint = "getpid")] private static partial int Do(); }
[Door("System.Runtime.InteropServices.UnmanagedCallersOnlyAttribute")] static class IsCalledFromBelow { [UnmanagedCallersOnly] static int Do() => 1; }
[Door("System.Runtime.InteropServices.GCHandle")] static class PinsAnObject { static object Do() => GCHandle.Alloc(new byte[1]); }

// Places the compiler makes.
[Door("System.IO.File::Delete")] static class HidesInALambda { static Action Do(string path) { var captured = path; return () => File.Delete(captured); } }
[Door("System.IO.File::Delete")] static class HidesInALocalFunction { static void Do() { static void Inner() => File.Delete("x"); Inner(); } }
[Door("System.IO.File::ReadAllTextAsync")] static class HidesInAnAsyncMethod { static async Task<string> Do() { await Task.Yield(); return await File.ReadAllTextAsync("x"); } }
[Door("System.IO.File::ReadLines")] static class HidesInAnIterator { static IEnumerable<string> Do() { foreach (var line in File.ReadLines("x")) yield return line; } }
[Door("System.IO.File::Exists")] static class HidesInAFilter { static void Do() { try { Nothing(); } catch (InvalidOperationException) when (File.Exists("x")) { } } static void Nothing() { } }
[Door("System.IO.File::Exists")] static class HidesInAnInitializer { static readonly bool found = File.Exists("x"); }
[Door("System.IO.File::Exists")] static class HidesInANestedType { static class Inner { static class Innermost { static bool Do() => File.Exists("x"); } } }
[Door("System.IO.File::ReadAllText")] static class HidesInADefaultInterfaceMethod { interface IInner { string Do() => File.ReadAllText("x"); } }
[Door("System.IO.File::ReadAllText")] sealed class HidesInAFinalizer { ~HidesInAFinalizer() => File.ReadAllText("x"); }
[Door("System.IO.Stream::Synchronized")] static class UsesANonListedMember { static object Do(Stream stream) => Stream.Synchronized(stream); }

// The product's own door.
[Door("Openclawssy.Runtime.Toolkit.Permit::.ctor")] static class MintsAPermit { static object Do(AgentId agent, RunId run) => new Permit(agent, run, "call", "fs.write", Reach.WritesFiles); }
