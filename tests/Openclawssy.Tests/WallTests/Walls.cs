namespace Openclawssy.Tests.WallTests;

/// <summary>
/// What each part of the product may refer to outside itself. A room that needs more gets a line here, and the line is read in
/// review: the list is the room's authority. The grammar is <see cref="AllowList"/>'s.
/// </summary>
static class Walls
{
    /// <summary>Computing without touching the world: everybody may.</summary>
    static readonly string[] pure =
    [
        // System: named one by one, because doors stand between the numbers and the strings.
        .. "Object Boolean Byte SByte Char Int16 Int32 Int64 Int128 UInt16 UInt32 UInt64 UInt128 IntPtr UIntPtr Half Single Double Decimal Void ValueType Enum Array String StringSplitOptions StringComparison StringComparer Index Range Nullable Tuple ValueTuple BitConverter Convert Math MathF Buffer ArraySegment Lazy HashCode Version Uri UriBuilder UriKind UriComponents UriFormat UriPartial UriHostNameType UriCreationOptions UriFormatException TimeSpan DayOfWeek DateOnly TimeOnly DateTimeKind FormattableString MemoryExtensions Span ReadOnlySpan Memory ReadOnlyMemory Base64FormattingOptions MidpointRounding"
            .Split(' ').Select(name => $"System.{name}"),
        .. "Exception SystemException ArgumentException ArgumentNullException ArgumentOutOfRangeException InvalidOperationException NotSupportedException NotImplementedException FormatException OverflowException ArithmeticException DivideByZeroException IndexOutOfRangeException InvalidCastException NullReferenceException ObjectDisposedException OperationCanceledException TimeoutException AggregateException OutOfMemoryException UnauthorizedAccessException"
            .Split(' ').Select(name => $"System.{name}"),
        .. "IDisposable IAsyncDisposable IComparable IEquatable IFormattable ISpanFormattable IUtf8SpanFormattable IParsable ISpanParsable IFormatProvider IConvertible ICloneable IProgress ICustomFormatter IObservable IObserver"
            .Split(' ').Select(name => $"System.{name}"),
        .. "Attribute AttributeUsageAttribute AttributeTargets FlagsAttribute ObsoleteAttribute ParamArrayAttribute ThreadStaticAttribute SerializableAttribute CLSCompliantAttribute"
            .Split(' ').Select(name => $"System.{name}"),
        .. "Action Func Predicate Comparison Converter EventHandler EventArgs AsyncCallback IAsyncResult MulticastDelegate"
            .Split(' ').Select(name => $"System.{name}"),
        "System.Buffers.*", "System.Buffers.Binary.*", "System.Buffers.Text.*", "System.Collections.*", "System.Collections.Generic.*", "System.Collections.Concurrent.*", "System.Collections.Frozen.*",
        "System.Collections.Immutable.*", "System.Collections.ObjectModel.*", "System.Globalization.*", "System.Linq.*", "System.Numerics.*",
        "System.Text.*", "System.Text.Encodings.Web.*", "System.Text.Json.*", "System.Text.Json.Nodes.*", "System.Text.Json.Schema.*", "System.Text.Json.Serialization.*",
        "System.Text.Json.Serialization.Metadata.*", "System.Text.RegularExpressions.*", "System.Text.Unicode.*",
        "System.Diagnostics.CodeAnalysis.*",
        "- System.Text.RegularExpressions.Regex::CompileToAssembly",
        "- System.Uri::get_LocalPath",

        // Pieces of types that also hold doors.
        "System.Delegate::Combine", "System.Delegate::Remove", "System.Delegate::get_Target",
        "System.Type::GetTypeFromHandle", "System.Type::op_Equality", "System.Type::op_Inequality", "System.Type::Equals", "System.Type::get_Name", "System.Type::get_FullName",
        "System.RuntimeTypeHandle", "System.RuntimeFieldHandle",
        "System.GC::SuppressFinalize", "System.GC::AllocateUninitializedArray", "System.GC::AllocateArray",
        "System.Guid", "- System.Guid::NewGuid", "- System.Guid::CreateVersion7",
        "System.Random", "- System.Random::get_Shared", "- System.Random::.ctor()",
        "System.DateTime", "- System.DateTime::get_Now", "- System.DateTime::get_UtcNow", "- System.DateTime::get_Today", "- System.DateTime::ToLocalTime", "- System.DateTime::ToUniversalTime",
        "System.DateTimeOffset", "- System.DateTimeOffset::get_Now", "- System.DateTimeOffset::get_UtcNow", "- System.DateTimeOffset::ToLocalTime", "- System.DateTimeOffset::get_LocalDateTime",
        "System.TimeProvider", "- System.TimeProvider::get_System", "- System.TimeProvider::get_LocalTimeZone", "- System.TimeProvider::GetLocalNow",
        "System.ComponentModel.DescriptionAttribute", "System.ComponentModel.DefaultValueAttribute", "System.ComponentModel.EditorBrowsableAttribute", "System.ComponentModel.EditorBrowsableState",

        // Streams somebody else opened, and memory that looks like one.
        "System.IO.Stream", "- System.IO.Stream::Synchronized", "System.IO.MemoryStream", "System.IO.TextReader", "System.IO.TextWriter", "System.IO.StringReader", "System.IO.StringWriter",
        "System.IO.SeekOrigin", "System.IO.IOException", "System.IO.EndOfStreamException", "System.IO.InvalidDataException", "System.IO.FileNotFoundException", "System.IO.DirectoryNotFoundException",

        // Waiting and taking turns, by the caller's clock.
        "System.Threading.CancellationToken", "System.Threading.CancellationTokenRegistration", "System.Threading.CancellationTokenSource",
        "- System.Threading.CancellationTokenSource::.ctor(System.TimeSpan)", "- System.Threading.CancellationTokenSource::.ctor(System.Int32)",
        "System.Threading.Interlocked", "System.Threading.Volatile", "System.Threading.Monitor", "System.Threading.Lock", "System.Threading.SemaphoreSlim", "System.Threading.ITimer", "System.Threading.TimerCallback", "System.Threading.Timeout",
        "System.Threading.Tasks.Task", "System.Threading.Tasks.ValueTask", "System.Threading.Tasks.TaskCompletionSource", "System.Threading.Tasks.TaskCreationOptions",
        "System.Threading.Tasks.TaskStatus", "System.Threading.Tasks.TaskExtensions", "System.Threading.Tasks.ConfigureAwaitOptions", "System.Threading.Tasks.TaskCanceledException",
        "- System.Threading.Tasks.Task::Run", "- System.Threading.Tasks.Task::Delay", "- System.Threading.Tasks.Task::get_Factory", "- System.Threading.Tasks.Task::Start",
        "System.Threading.Tasks.Task::Delay(System.TimeSpan,System.TimeProvider)", "System.Threading.Tasks.Task::Delay(System.TimeSpan,System.TimeProvider,System.Threading.CancellationToken)",
        "- System.Threading.Tasks.Task::WaitAsync(System.TimeSpan)", "- System.Threading.Tasks.Task::WaitAsync(System.TimeSpan,System.Threading.CancellationToken)",
        "System.Threading.Tasks.Sources.*", "System.Threading.Channels.*",

        // What the compiler writes (an iterator asks which thread first used it).
        "System.Environment::get_CurrentManagedThreadId",
        .. "AccessedThroughPropertyAttribute AsyncIteratorMethodBuilder AsyncIteratorStateMachineAttribute AsyncMethodBuilderAttribute AsyncStateMachineAttribute AsyncTaskMethodBuilder AsyncValueTaskMethodBuilder CallerArgumentExpressionAttribute CallerMemberNameAttribute CollectionBuilderAttribute CompilationRelaxationsAttribute CompilerFeatureRequiredAttribute CompilerGeneratedAttribute ConfiguredAsyncDisposable ConfiguredCancelableAsyncEnumerable ConfiguredTaskAwaitable ConfiguredValueTaskAwaitable ConfiguredTaskAwaiter DebuggableAttribute DefaultInterpolatedStringHandler DefaultMemberAttribute EnumeratorCancellationAttribute ExtensionAttribute ExtensionMarkerAttribute FixedAddressValueTypeAttribute IAsyncStateMachine ICriticalNotifyCompletion INotifyCompletion InlineArrayAttribute InternalsVisibleToAttribute InterpolatedStringHandlerArgumentAttribute InterpolatedStringHandlerAttribute IsByRefLikeAttribute IsExternalInit IsReadOnlyAttribute IsUnmanagedAttribute IsVolatile IteratorStateMachineAttribute ITuple MethodImplAttribute NullableAttribute NullableContextAttribute NullablePublicOnlyAttribute OverloadResolutionPriorityAttribute ParamCollectionAttribute PoolingAsyncValueTaskMethodBuilder PreserveBaseOverridesAttribute RefSafetyRulesAttribute RequiredMemberAttribute RequiresLocationAttribute RuntimeCompatibilityAttribute ScopedRefAttribute SkipLocalsInitAttribute SwitchExpressionException TaskAwaiter TupleElementNamesAttribute ValueTaskAwaiter YieldAwaitable"
            .Split(' ').Select(name => $"System.Runtime.CompilerServices.{name}"),
        "System.Runtime.CompilerServices.RuntimeHelpers::InitializeArray", "System.Runtime.CompilerServices.RuntimeHelpers::CreateSpan", "System.Runtime.CompilerServices.RuntimeHelpers::EnsureSufficientExecutionStack",
        "System.Runtime.CompilerServices.RuntimeHelpers::GetSubArray", "System.Runtime.CompilerServices.RuntimeHelpers::IsReferenceOrContainsReferences", "System.Runtime.CompilerServices.RuntimeHelpers::GetHashCode",
        .. Enumerable.Range(2, 15).Select(length => $"System.Runtime.CompilerServices.InlineArray{length}"),
        "System.Runtime.InteropServices.CollectionsMarshal::AsSpan", "System.Runtime.InteropServices.CollectionsMarshal::SetCount",
        "System.Runtime.ExceptionServices.ExceptionDispatchInfo",
        "System.Runtime.InteropServices.InAttribute", "System.Runtime.InteropServices.StructLayoutAttribute", "System.Runtime.InteropServices.LayoutKind",
        "System.Reflection.DefaultMemberAttribute", "System.CodeDom.Compiler.GeneratedCodeAttribute",
        "System.Diagnostics.DebuggerBrowsableAttribute", "System.Diagnostics.DebuggerBrowsableState", "System.Diagnostics.DebuggerHiddenAttribute", "System.Diagnostics.DebuggerStepThroughAttribute",
        "System.Diagnostics.DebuggerDisplayAttribute", "System.Diagnostics.DebuggerNonUserCodeAttribute", "System.Diagnostics.StackTraceHiddenAttribute", "System.Diagnostics.UnreachableException", "System.Diagnostics.ConditionalAttribute",
        "System.Diagnostics.DebuggableAttribute",
        "Microsoft.CodeAnalysis.EmbeddedAttribute",
    ];

    /// <summary>Parts no person writes: what the compiler and the source generators put beside the rooms.</summary>
    public static readonly Dictionary<string, string[]> Generated = new()
    {
        ["(assembly)"] = [.. "Company Configuration Copyright Description FileVersion InformationalVersion Metadata Product Title Version".Split(' ').Select(name => $"System.Reflection.Assembly{name}Attribute"),
            "System.Security.UnverifiableCodeAttribute", "System.Security.Permissions.SecurityPermissionAttribute", "System.Security.Permissions.SecurityAction", "System.Runtime.Versioning.TargetFrameworkAttribute", "System.Runtime.CompilerServices.DisableRuntimeMarshallingAttribute"],
        ["<PrivateImplementationDetails>"] = ["System.Runtime.CompilerServices.Unsafe", "System.Runtime.InteropServices.MemoryMarshal"],
        // The generated matcher asks whether the program set a default time limit.
        ["System.Text.RegularExpressions.Generated"] = ["System.AppContext::GetData"],
    };

    /// <summary>A JSON context hands the serializer ways to look at attributes; it may name members, never call them.</summary>
    public static readonly string[] JsonContexts =
    [
        "System.Type::GetConstructor", "System.Type::GetProperty", "System.Type::GetField", "System.Type::EmptyTypes", "System.Reflection.BindingFlags", "System.Reflection.Binder", "System.Reflection.ParameterModifier",
        "System.Reflection.ICustomAttributeProvider", "System.Reflection.ConstructorInfo", "System.Reflection.PropertyInfo", "System.Reflection.FieldInfo",
        "- System.Reflection.ConstructorInfo::Invoke", "- System.Reflection.PropertyInfo::SetValue", "- System.Reflection.PropertyInfo::GetValue", "- System.Reflection.FieldInfo::SetValue", "- System.Reflection.FieldInfo::GetValue",
    ];

    /// <summary>The house of tools: pure computing and the two rooms that say what a tool is.</summary>
    public static readonly string[] Tools =
    [
        "Openclawssy.Runtime.Toolkit.*", "Openclawssy.Runtime.Text.*", "- Openclawssy.Runtime.Toolkit.Permit",
        "- Openclawssy.Runtime.Text.Ids", "- Openclawssy.Runtime.Text.Randomness",
    ];

    /// <summary>What a room of the runtime has beyond pure computing. A room that is not named has nothing more.</summary>
    public static readonly Dictionary<string, string[]> Rooms = new()
    {
        // The schema is written from the attributes of an input record, as the serializer hands them over.
        ["Toolkit"] = [.. Hashing, "System.Reflection.ICustomAttributeProvider"],
        // Locks between processes wait in real time; nothing a run decides depends on it.
        ["Storage"] = [.. Disk, .. Hashing, .. Kernel("open fsync sync_file_range fchmod flock geteuid getuid getpid link mkdir rename unlink fstat ftruncate read write pread pwrite lseek close openat renameat2 statx"), .. Background,
            "System.Diagnostics.Stopwatch", "System.Threading.SpinWait", "System.Threading.ThreadPool::UnsafeQueueUserWorkItem"],
        ["Workspaces"] = [.. Disk, .. Hashing, .. Kernel("syscall openat readlink statx faccessat getdents64 lseek pread write fsync ftruncate fchmod fchown mkdirat unlinkat renameat2 flock geteuid getpid"), .. Background,
            "System.Threading.ReaderWriterLockSlim", "System.Threading.WaitHandle::WaitOne"],
        ["Config"] = [.. Paths],
        ["Agents"] = [.. Paths],
        // A place's pointer is named by a hash, so that no text of a user becomes a path.
        ["Sessions"] = [.. Hashing, .. Paths],
        // Time zones are handed in; looking one up reads the disk.
        ["Scheduling"] = [.. Hashing, .. Paths, "Cronos.*", "System.TimeZoneInfo", "- System.TimeZoneInfo::FindSystemTimeZoneById", "- System.TimeZoneInfo::TryFindSystemTimeZoneById", "- System.TimeZoneInfo::get_Local",
            "- System.TimeZoneInfo::GetSystemTimeZones", "- System.TimeZoneInfo::ClearCachedData"],
        // Sealing values; the library for passphrases is the program's.
        ["Secrets"] = [.. Paths, "System.Security.Cryptography.AesGcm", "System.Security.Cryptography.AuthenticationTagMismatchException", "System.Security.Cryptography.HKDF",
            "System.Security.Cryptography.HMACSHA256", "System.Security.Cryptography.HashAlgorithmName", "System.Security.Cryptography.CryptographicOperations"],
        ["Policy"] = [.. Hashing, .. Paths],
        ["Journal"] = [.. Hashing, .. Paths, .. Background],
        ["Feed"] = [.. Paths],
        ["Records"] = [.. Paths],
        ["Models"] = [.. Hashing, .. ChatTypes],
        ["Context"] = [.. ChatTypes],
        ["Runs"] = [.. Hashing, .. Paths, .. ChatTypes, .. Background],
    };

    /// <summary>Work beside the caller, for what must not hold a run up.</summary>
    static string[] Background => ["System.Threading.Tasks.Task::Run"];

    static string[] ChatTypes => ["Microsoft.Extensions.AI.*"];

    static string[] Hashing => ["System.Security.Cryptography.SHA256", "System.Security.Cryptography.HashAlgorithm::TransformBlock", "System.Security.Cryptography.HMACSHA256", "System.Security.Cryptography.IncrementalHash",
        "System.Security.Cryptography.HashAlgorithmName", "System.Security.Cryptography.CryptographicOperations"];

    /// <summary>Putting names together; asking the disk or the current folder is something else.</summary>
    static string[] Paths => ["System.IO.Path::Combine", "System.IO.Path::Join", "System.IO.Path::GetFileName", "System.IO.Path::GetFileNameWithoutExtension", "System.IO.Path::GetExtension",
        "System.IO.Path::GetDirectoryName", "System.IO.Path::IsPathRooted", "System.IO.Path::IsPathFullyQualified", "System.IO.Path::GetRelativePath", "System.IO.Path::TrimEndingDirectorySeparator", "System.IO.Path::DirectorySeparatorChar"];

    static string[] Disk => ["System.IO.*", "System.IO.Enumeration.*", "- System.IO.Path::GetTempPath", "- System.IO.Path::GetTempFileName", "- System.IO.Path::GetRandomFileName", "- System.IO.Directory::SetCurrentDirectory",
        "- System.IO.Directory::GetCurrentDirectory", "- System.IO.FileSystemWatcher", "Microsoft.Win32.SafeHandles.SafeFileHandle", "Microsoft.Win32.SafeHandles.SafeHandleZeroOrMinusOneIsInvalid", "System.Threading.Thread::Sleep"];

    /// <summary>System calls, each by its name. <c>syscall</c> is for openat2, which the C library does not wrap.</summary>
    static string[] Kernel(string calls) =>
    [
        .. calls.Split(' ').Select(name => $"(native method) libc::{name}"),
        "(pointer)",
        "System.Runtime.InteropServices.SafeHandle", "System.Runtime.InteropServices.Marshal::GetLastPInvokeError", "System.Runtime.InteropServices.Marshal::GetLastSystemError", "System.Runtime.InteropServices.Marshal::SetLastPInvokeError",
        "System.Runtime.InteropServices.Marshal::SetLastSystemError", "System.Runtime.InteropServices.Marshal::GetPInvokeErrorMessage", "System.Runtime.InteropServices.Marshal::PtrToStringUTF8",
        "System.Runtime.InteropServices.Marshalling.*", "System.Runtime.InteropServices.DllImportAttribute", "System.Runtime.InteropServices.LibraryImportAttribute",
        "System.Runtime.InteropServices.StringMarshalling", "System.Runtime.InteropServices.MarshalAsAttribute", "System.Runtime.InteropServices.UnmanagedType", "System.Runtime.InteropServices.OutAttribute",
        "System.Runtime.InteropServices.MemoryMarshal::GetReference", "System.Runtime.InteropServices.MemoryMarshal::Read", "System.Runtime.InteropServices.MemoryMarshal::AsBytes", "System.Runtime.InteropServices.MemoryMarshal::Cast",
        "System.Runtime.InteropServices.RuntimeInformation::get_ProcessArchitecture", "System.Runtime.InteropServices.Architecture",
        "System.OperatingSystem",
        "System.Runtime.CompilerServices.Unsafe::SkipInit", "System.Runtime.CompilerServices.Unsafe::SizeOf", "System.Runtime.CompilerServices.UnsafeValueTypeAttribute", "System.Runtime.CompilerServices.FixedBufferAttribute",
        "System.GC::KeepAlive", "System.Runtime.Versioning.SupportedOSPlatformAttribute", "System.Runtime.Versioning.UnsupportedOSPlatformAttribute",
    ];

    public static AllowList Of(params IEnumerable<string>[] more) => new([pure, .. more]);
}
