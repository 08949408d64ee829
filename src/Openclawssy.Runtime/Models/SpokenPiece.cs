namespace Openclawssy.Runtime.Models;

/// <summary>A part of an answer whose calls are written as text, in the order of the text.</summary>
public abstract record SpokenPiece;

/// <summary>What the model said beside its calls, as it stands.</summary>
public sealed record SpokenText(string Text) : SpokenPiece;

/// <summary>A call.</summary>
/// <param name="Id">As the model gave it; null when it gave none.</param>
/// <param name="Name">As the model wrote it, without blanks around; no tool need have it.</param>
/// <param name="Arguments">The JSON object as the model wrote it, without commas before closing brackets.</param>
public sealed record SpokenCall(string? Id, string Name, string Arguments) : SpokenPiece;

/// <summary>What was meant to be a call and cannot be used.</summary>
/// <param name="Name">The name asked for, or <see cref="NoName"/>.</param>
/// <param name="Snippet">Its beginning, at most <see cref="MaxSnippet"/> characters.</param>
public sealed record SpokenRejection(string Name, string Reason, string Snippet) : SpokenPiece
{
    public const string NoName = "invalid";

    public const int MaxSnippet = 400;
}
