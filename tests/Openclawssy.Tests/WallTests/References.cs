using System.Collections.Immutable;
using System.Reflection;
using System.Reflection.Metadata;
using System.Reflection.Metadata.Ecma335;
using System.Reflection.PortableExecutable;

namespace Openclawssy.Tests.WallTests;

/// <param name="Type">The outermost type the reference stands in, with its namespace; compiler-made nested types count to it.</param>
/// <param name="Member">Where in it.</param>
/// <param name="Symbol"><c>Type</c> or <c>Type::Member(ParameterTypes)</c>, or a deed without a name: <c>(pointer)</c>, <c>(function pointer)</c>, <c>(native method) lib::entry</c> ….</param>
/// <param name="IsOwn">True when the symbol is defined in the same assembly.</param>
sealed record Reference(string Type, string Member, string Symbol, bool IsOwn)
{
    public override string ToString() => $"{Type} ({Member}) refers to {Symbol}";
}

/// <summary>
/// Everything the types of one compiled assembly refer to: signatures, base types, attributes and their arguments, local variables,
/// caught exceptions and every token in every method body. Reads the file; loads and runs nothing.
/// </summary>
sealed class References
{
    readonly PEReader file;
    readonly MetadataReader metadata;
    readonly HashSet<Reference> found = [];
    string type = "";
    string member = "";

    References(PEReader file) => (this.file, metadata) = (file, file.GetMetadataReader());

    /// <param name="select">Which outermost types to look at, by full name; null for all, and then also the assembly's own attributes as <c>(assembly)</c>.</param>
    public static IReadOnlyCollection<Reference> Of(string path, Func<string, bool>? select = null)
    {
        using var file = new PEReader(new MemoryStream(File.ReadAllBytes(path)));
        var collector = new References(file);
        collector.Collect(select);
        return collector.found;
    }

    /// <summary>Names of the assemblies one assembly was compiled against and really uses.</summary>
    public static IReadOnlyCollection<string> AssembliesOf(string path)
    {
        using var file = new PEReader(new MemoryStream(File.ReadAllBytes(path)));
        var metadata = file.GetMetadataReader();
        return [.. metadata.AssemblyReferences.Select(handle => metadata.GetString(metadata.GetAssemblyReference(handle).Name))];
    }

    void Collect(Func<string, bool>? select)
    {
        foreach (var handle in metadata.TypeDefinitions)
        {
            var outermost = handle;
            while (metadata.GetTypeDefinition(outermost).GetDeclaringType() is { IsNil: false } around) outermost = around;
            type = NameOf(outermost);
            if (select is null || select(type)) Collect(metadata.GetTypeDefinition(handle));
        }
        if (select is not null) return;
        (type, member) = ("(assembly)", "attributes");
        Attributes(metadata.GetAssemblyDefinition().GetCustomAttributes());
        Attributes(metadata.GetModuleDefinition().GetCustomAttributes());
    }

    void Collect(TypeDefinition definition)
    {
        member = metadata.GetString(definition.Name);
        Token(definition.BaseType);
        foreach (var handle in definition.GetInterfaceImplementations()) Token(metadata.GetInterfaceImplementation(handle).Interface);
        foreach (var handle in definition.GetMethodImplementations()) Token(metadata.GetMethodImplementation(handle).MethodDeclaration);
        Attributes(definition.GetCustomAttributes());
        Constraints(definition.GetGenericParameters());
        foreach (var handle in definition.GetFields())
        {
            var field = metadata.GetFieldDefinition(handle);
            member = metadata.GetString(field.Name);
            field.DecodeSignature(new Names(this, strict: true), null);
            Attributes(field.GetCustomAttributes());
        }
        foreach (var handle in definition.GetProperties())
        {
            var property = metadata.GetPropertyDefinition(handle);
            member = metadata.GetString(property.Name);
            Attributes(property.GetCustomAttributes());
        }
        foreach (var handle in definition.GetEvents())
        {
            member = metadata.GetString(metadata.GetEventDefinition(handle).Name);
            Token(metadata.GetEventDefinition(handle).Type);
            Attributes(metadata.GetEventDefinition(handle).GetCustomAttributes());
        }
        foreach (var handle in definition.GetMethods()) Collect(metadata.GetMethodDefinition(handle));
    }

    void Collect(MethodDefinition method)
    {
        member = metadata.GetString(method.Name);
        method.DecodeSignature(new Names(this, strict: true), null);
        Attributes(method.GetCustomAttributes());
        Constraints(method.GetGenericParameters());
        foreach (var handle in method.GetParameters()) Attributes(metadata.GetParameter(handle).GetCustomAttributes());

        if (method.Attributes.HasFlag(MethodAttributes.PinvokeImpl))
        {
            var import = method.GetImport();
            Add($"(native method) {metadata.GetString(metadata.GetModuleReference(import.Module).Name)}::{metadata.GetString(import.Name)}");
        }
        else if ((method.ImplAttributes & MethodImplAttributes.CodeTypeMask) != MethodImplAttributes.IL || method.ImplAttributes.HasFlag(MethodImplAttributes.InternalCall))
        {
            // Delegates are made of methods the runtime writes; nothing else may be.
            if (!IsDelegate(metadata.GetTypeDefinition(method.GetDeclaringType()))) Add("(method without IL)");
        }
        else if (method.Attributes.HasFlag(MethodAttributes.UnmanagedExport)) Add("(native export)");
        if (method.RelativeVirtualAddress != 0) Body(file.GetMethodBody(method.RelativeVirtualAddress));
    }

    bool IsDelegate(TypeDefinition definition) =>
        definition.BaseType.Kind == HandleKind.TypeReference && NameOf((TypeReferenceHandle)definition.BaseType) == "System.MulticastDelegate";

    void Body(MethodBodyBlock body)
    {
        if (!body.LocalSignature.IsNil) metadata.GetStandaloneSignature(body.LocalSignature).DecodeLocalSignature(new Names(this, strict: true), null);
        foreach (var region in body.ExceptionRegions)
            if (region.Kind == ExceptionRegionKind.Catch) Token(region.CatchType);
        foreach (var (code, token) in Instructions.TokensOf(body.GetILReader()))
        {
            if (code == ILOpCode.Calli) Add("(function pointer)");
            if (MetadataTokens.EntityHandle(token) is { IsNil: false, Kind: not HandleKind.UserString } handle) Token(handle);
        }
    }

    void Constraints(GenericParameterHandleCollection parameters)
    {
        foreach (var handle in parameters)
        {
            var parameter = metadata.GetGenericParameter(handle);
            Attributes(parameter.GetCustomAttributes());
            foreach (var constraint in parameter.GetConstraints()) Token(metadata.GetGenericParameterConstraint(constraint).Type);
        }
    }

    void Attributes(CustomAttributeHandleCollection attributes)
    {
        foreach (var handle in attributes)
        {
            var attribute = metadata.GetCustomAttribute(handle);
            Token(attribute.Constructor);
            // typeof(X) in an attribute makes no token, only a name: the runtime may still make one of it.
            try { attribute.DecodeValue(new Names(this, strict: false)); }
            catch (BadImageFormatException) { Add("(attribute that cannot be read)"); }
        }
    }

    void Token(EntityHandle handle)
    {
        if (handle.IsNil) return;
        switch (handle.Kind)
        {
            case HandleKind.TypeReference: Add(NameOf((TypeReferenceHandle)handle)); break;
            case HandleKind.TypeDefinition: Add(NameOf((TypeDefinitionHandle)handle), own: true); break;
            case HandleKind.TypeSpecification: metadata.GetTypeSpecification((TypeSpecificationHandle)handle).DecodeSignature(new Names(this, strict: true), null); break;
            case HandleKind.MethodSpecification:
                var generic = metadata.GetMethodSpecification((MethodSpecificationHandle)handle);
                generic.DecodeSignature(new Names(this, strict: true), null);
                Token(generic.Method);
                break;
            case HandleKind.MemberReference: Member(metadata.GetMemberReference((MemberReferenceHandle)handle)); break;
            case HandleKind.MethodDefinition:
                var method = metadata.GetMethodDefinition((MethodDefinitionHandle)handle);
                var signature = method.DecodeSignature(new Names(null, strict: false, metadata), null);
                Add($"{NameOf(method.GetDeclaringType())}::{metadata.GetString(method.Name)}({string.Join(',', signature.ParameterTypes)})", own: true);
                break;
            case HandleKind.FieldDefinition:
                var field = metadata.GetFieldDefinition((FieldDefinitionHandle)handle);
                Add($"{NameOf(field.GetDeclaringType())}::{metadata.GetString(field.Name)}", own: true);
                break;
            case HandleKind.StandaloneSignature: metadata.GetStandaloneSignature((StandaloneSignatureHandle)handle).DecodeMethodSignature(new Names(this, strict: false), null); break;
            default: Add($"(unknown token {handle.Kind})"); break;
        }
    }

    void Member(MemberReference reference)
    {
        var (parent, own) = reference.Parent.Kind switch
        {
            HandleKind.TypeReference => (NameOf((TypeReferenceHandle)reference.Parent), false),
            HandleKind.TypeDefinition => (NameOf((TypeDefinitionHandle)reference.Parent), true),
            HandleKind.TypeSpecification => Specified((TypeSpecificationHandle)reference.Parent),
            _ => ("(module)", false),
        };
        var name = metadata.GetString(reference.Name);
        if (reference.GetKind() == MemberReferenceKind.Field)
        {
            reference.DecodeFieldSignature(new Names(this, strict: false), null);
            Add($"{parent}::{name}", own);
            return;
        }
        // A pointer in somebody else's signature (Span's constructor) is theirs; the caller's own pointers show in its own signatures and locals.
        var signature = reference.DecodeMethodSignature(new Names(this, strict: false), null);
        Add($"{parent}::{name}({string.Join(',', signature.ParameterTypes)})", own);
    }

    (string Name, bool Own) Specified(TypeSpecificationHandle handle)
    {
        var names = new Names(this, strict: true);
        var name = metadata.GetTypeSpecification(handle).DecodeSignature(names, null);
        return name.EndsWith(']') ? ("System.Array", false) : (name, names.LastGenericIsOwn);
    }

    void Add(string symbol, bool own = false) => found.Add(new(type, member, symbol, own));

    string NameOf(TypeReferenceHandle handle) => NameOf(metadata, handle);
    string NameOf(TypeDefinitionHandle handle) => NameOf(metadata, handle);

    static string NameOf(MetadataReader metadata, TypeReferenceHandle handle)
    {
        var reference = metadata.GetTypeReference(handle);
        var name = WithoutArity(metadata.GetString(reference.Name));
        return reference.ResolutionScope.Kind == HandleKind.TypeReference
            ? $"{NameOf(metadata, (TypeReferenceHandle)reference.ResolutionScope)}/{name}"
            : Join(metadata.GetString(reference.Namespace), name);
    }

    static string NameOf(MetadataReader metadata, TypeDefinitionHandle handle)
    {
        var definition = metadata.GetTypeDefinition(handle);
        var name = WithoutArity(metadata.GetString(definition.Name));
        return definition.GetDeclaringType() is { IsNil: false } around ? $"{NameOf(metadata, around)}/{name}" : Join(metadata.GetString(definition.Namespace), name);
    }

    static string Join(string space, string name) => space.Length == 0 ? name : $"{space}.{name}";

    static string WithoutArity(string name) => name.IndexOf('`') is var tick and > 0 ? name[..tick] : name;

    /// <summary>Spells the types of a signature and, when it has a collector, tells it of each.</summary>
    sealed class Names(References? collector, bool strict, MetadataReader? reader = null) : ISignatureTypeProvider<string, object?>, ICustomAttributeTypeProvider<string>
    {
        /// <summary>Whether the generic type of the last instantiation is defined here; a specification's outermost comes last.</summary>
        public bool LastGenericIsOwn { get; private set; }

        MetadataReader Reader => collector?.metadata ?? reader!;

        public string GetTypeFromReference(MetadataReader metadata, TypeReferenceHandle handle, byte rawTypeKind) => Tell(NameOf(metadata, handle), false);
        public string GetTypeFromDefinition(MetadataReader metadata, TypeDefinitionHandle handle, byte rawTypeKind) => Tell(NameOf(metadata, handle), true);
        public string GetTypeFromSpecification(MetadataReader metadata, object? genericContext, TypeSpecificationHandle handle, byte rawTypeKind) =>
            metadata.GetTypeSpecification(handle).DecodeSignature(this, genericContext);
        public string GetPrimitiveType(PrimitiveTypeCode typeCode) => $"System.{typeCode}";
        public string GetSZArrayType(string elementType) => $"{elementType}[]";
        public string GetArrayType(string elementType, ArrayShape shape) => $"{elementType}[]";
        public string GetByReferenceType(string elementType) => elementType;
        public string GetPinnedType(string elementType) => elementType;
        public string GetGenericMethodParameter(object? genericContext, int index) => $"!!{index}";
        public string GetGenericTypeParameter(object? genericContext, int index) => $"!{index}";
        public string GetGenericInstantiation(string genericType, ImmutableArray<string> typeArguments)
        {
            LastGenericIsOwn = Reader.TypeDefinitions.Any(handle => NameOf(Reader, handle) == genericType);
            return genericType;
        }
        public string GetModifiedType(string modifier, string unmodifiedType, bool isRequired) => unmodifiedType;
        public string GetPointerType(string elementType) { if (strict) Tell("(pointer)", false); return $"{elementType}*"; }
        public string GetFunctionPointerType(MethodSignature<string> signature) { Tell("(function pointer)", false); return "(function pointer)"; }

        public string GetSystemType() => "System.Type";
        public bool IsSystemType(string type) => type == "System.Type";
        public string GetTypeFromSerializedName(string name) => TellNamed(name);
        public PrimitiveTypeCode GetUnderlyingEnumType(string type) => PrimitiveTypeCode.Int32;

        // The text may be "Outer+Nested[[Argument, Assembly]], Assembly, Version=…": every name in it counts.
        string TellNamed(string text)
        {
            foreach (var segment in text.Split(['[', ']'], StringSplitOptions.RemoveEmptyEntries))
                if (segment.Split(',')[0].Trim() is { Length: > 0 } name) Tell(Spelled(name), Reader.TypeDefinitions.Any(handle => NameOf(Reader, handle) == Spelled(name)));
            return text;
        }

        static string Spelled(string name) => string.Join('/', name.Split('+').Select(WithoutArity));

        string Tell(string symbol, bool own) { collector?.Add(symbol, own); return symbol; }
    }
}
