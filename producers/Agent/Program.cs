using Syscribe.Agent.Cli;

return await AgentCommands.InvokeAsync(args);
