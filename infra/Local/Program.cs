using System.CommandLine;
using System.CommandLine.Invocation;
using Syscribe.Local;

var parsed = CommandLine.Create().Parse(args);
if (parsed.Action is ParseErrorAction wrong)
{
    wrong.ShowHelp = false; // It would hide the error.
    return parsed.Invoke(new InvocationConfiguration { Output = Console.Error }); // What was probably meant goes to Output.
}

return await parsed.InvokeAsync();
