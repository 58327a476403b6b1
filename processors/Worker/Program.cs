using Syscribe.Worker.Commands;

return await SyscribeCommand.RunAsync(args, Console.Out, Console.Error, CancellationToken.None);
