using System.Globalization;

namespace Syscribe.Rules;

/// <summary>An error or warning of a load: where, what, and Falco's code of its kind.</summary>
/// <param name="Code">As <c>LOAD_ERR_COMPILE_CONDITION</c>.</param>
/// <param name="Message">What is wrong and what is allowed.</param>
/// <param name="File">Name of the source.</param>
/// <param name="Line">From 1; 0 where the whole file is meant.</param>
/// <param name="Column">From 1.</param>
/// <param name="Item">The item that it is about, as <c>rule 'X'</c>; empty for none.</param>
public sealed record LoadMessage(string Code, string Message, string File, int Line, int Column, string Item = "")
{
    /// <summary><c>file:line:column: code: item: message</c></summary>
    public override string ToString()
    {
        var place = Line > 0 ? string.Create(CultureInfo.InvariantCulture, $"{File}:{Line}:{Column}") : File;
        return Item.Length > 0 ? $"{place}: {Code}: {Item}: {Message}" : $"{place}: {Code}: {Message}";
    }
}

/// <summary>Codes of load errors and warnings, as Falco spells them.</summary>
public static class LoadCodes
{
    public const string FileRead = "LOAD_ERR_FILE_READ";
    public const string YamlParse = "LOAD_ERR_YAML_PARSE";
    public const string YamlValidate = "LOAD_ERR_YAML_VALIDATE";
    public const string CompileCondition = "LOAD_ERR_COMPILE_CONDITION";
    public const string CompileOutput = "LOAD_ERR_COMPILE_OUTPUT";
    public const string Validate = "LOAD_ERR_VALIDATE";
    public const string UnknownSource = "LOAD_UNKNOWN_SOURCE";
    public const string NoEventType = "LOAD_NO_EVTTYPE";
    public const string UnknownFilter = "LOAD_UNKNOWN_FILTER";
    public const string UnusedMacro = "LOAD_UNUSED_MACRO";
    public const string UnusedList = "LOAD_UNUSED_LIST";
    public const string UnknownItem = "LOAD_UNKNOWN_ITEM";
    public const string UnknownKey = "LOAD_UNKNOWN_KEY";
    public const string DeprecatedItem = "LOAD_DEPRECATED_ITEM";
    public const string AppendNoValues = "LOAD_APPEND_NO_VALUES";
    public const string ExceptionNameNotUnique = "LOAD_EXCEPTION_NAME_NOT_UNIQUE";
    public const string InvalidMacroName = "LOAD_INVALID_MACRO_NAME";
    public const string InvalidListName = "LOAD_INVALID_LIST_NAME";
    public const string ConditionWarning = "LOAD_COMPILE_CONDITION";
}
