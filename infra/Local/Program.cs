using Syscribe.Local;

return await CommandLine.Create().Parse(args).InvokeAsync();
