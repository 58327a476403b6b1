using System.CommandLine.Invocation;
using Syscribe.Local;

var parsed = CommandLine.Create().Parse(args);
if (parsed.Action is ParseErrorAction wrong)
    wrong.ShowHelp = false; // It would hide the error.
return await parsed.InvokeAsync();
