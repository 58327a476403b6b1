using System.CommandLine;
using Syscribe.Training.Data;

var root = new RootCommand("Makes the model: data out of rules, training, export, evaluation.");
root.Add(DataCommand.Create());
return root.Parse(args).Invoke();
